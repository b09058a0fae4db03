/** A browser reduced to its cookies and its clicks, for what the server answers to each. */
export interface Visitor {
  get(address: string): Promise<Seen>
  /** Posts fields, or a body as it is; nothing is filled in. */
  post(address: string, body: Readonly<Record<string, string>> | string): Promise<Seen>
  /** Presses a button of the page: its form's hidden fields, what is typed and the button's own value. */
  press(page: Seen, label: string, typed?: Readonly<Record<string, string>>): Promise<Seen>
  cookie(name: string): string | undefined
  setCookie(name: string, value: string): void
  forget(): void
}

export interface Seen {
  readonly address: string
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Where the server sent the browser to, if that is not on this server. */
  readonly leftTo: URL | null
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** Follows redirects on the server, as a browser does, and stops where they leave it. */
export function visitorOf(origin: string, agent = 'Visitor/1.0'): Visitor {
  let jar: Cookie[] = []

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */)
      const [name = '', ...value] = pair.split('=')
      const path = /^path=(.*)$/i.exec(attributes.find((one) => /^path=/i.test(one)) ?? '')?.[1]
      const cookie = { name, value: value.join('='), path: path ?? '/' }
      jar = jar.filter((one) => one.name !== name || one.path !== cookie.path)
      if (!/expires=Thu, 01 Jan 1970/i.test(line)) jar.push(cookie)
    }
  }

  function cookiesFor(path: string): string {
    const fits = (one: Cookie) =>
      path === one.path || path.startsWith(one.path.endsWith('/') ? one.path : `${one.path}/`)
    return jar
      .filter(fits)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  async function send(address: string, init: RequestInit = {}): Promise<Seen> {
    const url = new URL(address, origin)
    const headers = {
      accept: 'text/html,*/*;q=0.8',
      'user-agent': agent,
      cookie: cookiesFor(url.pathname),
      ...init.headers,
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    keep(response.headers)
    const location = response.headers.get('location')
    const text = await response.text()
    const seen = { address: url.href, status: response.status, text, headers: response.headers }
    if (!location) return { ...seen, leftTo: null }
    const next = new URL(location, url)
    return next.origin === origin ? send(next.href) : { ...seen, leftTo: next }
  }

  const post: Visitor['post'] = (address, body) =>
    send(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
    })

  return {
    get: (address) => send(address),
    post,
    press: (page, label, typed = {}) => {
      const { action, fields } = buttonOf(page.text, label)
      return post(action, { ...fields, ...typed })
    },
    cookie: (name) => jar.find((one) => one.name === name)?.value,
    setCookie: (name, value) => {
      jar = jar.filter((one) => one.name !== name)
      jar.push({ name, value, path: '/' })
    },
    forget: () => {
      jar = []
    },
  }
}

/** The form that a button sends: found by the words on it, as a person finds it. */
function buttonOf(html: string, label: string) {
  for (const [form] of html.matchAll(/<form[\s\S]*?<\/form>/g)) {
    for (const [button, tag = ''] of form.matchAll(/<button([^>]*)>[\s\S]*?<\/button>/g)) {
      if (!wordsOf(button).includes(label)) continue
      const fields: Record<string, string> = {}
      for (const [input] of form.matchAll(/<input[^>]*>/g))
        fields[attribute(input, 'name')] = attribute(input, 'value')
      if (attribute(tag, 'name')) fields[attribute(tag, 'name')] = attribute(tag, 'value')
      return { action: attribute(tag, 'formaction') || attribute(form, 'action'), fields }
    }
  }
  throw new Error(`no button "${label}" in: ${wordsOf(html)}`)
}

export function wordsOf(html: string): string {
  const text = html
    .replaceAll(/<(script|style|title)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
  return unescaped(text).replaceAll(/\s+/g, ' ').trim()
}

/** The value of a field as it stands in the page. */
export function fieldOf(html: string, name: string): string {
  const [input = ''] = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html) ?? []
  return attribute(input, 'value')
}

function attribute(tag: string, name: string): string {
  return unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
