/** A person's browser without a screen: it keeps cookies, follows redirects and sends forms. */
export interface Browsing {
  open(address: string): Promise<Page>
  /** Presses a button, found by the words on it, with what was typed into its form. */
  press(page: Page, button: string, typed?: Fields): Promise<Page>
}

type Fields = Readonly<Record<string, string>>

export interface Page {
  /** Where it ended; an address on another machine is only told, and nothing is sent there. */
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
}

interface Cookie {
  readonly host: string
  readonly path: string
  readonly name: string
  readonly value: string
}

const HOPS = 20

/** Cookies are a host's, whatever the port: as in browsers, all that runs on localhost shares them. */
export function browse(agent = 'Browse/1.0'): Browsing {
  let jar: readonly Cookie[] = []

  async function go(url: URL, init: RequestInit = {}, hops = HOPS): Promise<Page> {
    const headers = { 'user-agent': agent, accept: 'text/html', cookie: cookieHeader(jar, url) }
    const sent = { ...init, headers: { ...headers, ...init.headers }, redirect: 'manual' } as const
    const response = await fetch(url, sent)
    jar = response.headers.getSetCookie().reduce((kept, line) => keep(kept, line, url), jar)
    const page = { url, status: response.status, headers: response.headers }
    const html = await response.text()
    const location = response.headers.get('location')
    if (location === null) return { ...page, html }
    if (hops === 0) throw new Error(`redirected in a circle at ${url}`)
    const next = new URL(location, url)
    return isHere(next) ? go(next, {}, hops - 1) : { ...page, url: next, html }
  }

  return {
    open: (address) => go(new URL(address)),
    press: (page, button, typed = {}) => {
      const { action, fields } = formWith(page.html, button)
      const body = new URLSearchParams({ ...fields, ...typed })
      const headers = { origin: page.url.origin }
      return go(new URL(action, page.url), { method: 'POST', body, headers })
    },
  }
}

function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1'
}

function keep(jar: readonly Cookie[], line: string, url: URL): readonly Cookie[] {
  const [pair = '', ...attributes] = line.split(/; */)
  const at = pair.indexOf('=')
  const path = attributes.find((one) => /^path=/i.test(one))?.slice('path='.length) ?? '/'
  const cookie = {
    host: url.hostname,
    path,
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
  }
  const others = jar.filter((one) => !isSame(one, cookie))
  return isOver(attributes) ? others : [...others, cookie]
}

function isSame(one: Cookie, other: Cookie): boolean {
  return one.host === other.host && one.path === other.path && one.name === other.name
}

function isOver(attributes: readonly string[]): boolean {
  return attributes.some((one) => {
    const [name = '', value = ''] = one.split('=')
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0
    return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now()
  })
}

function cookieHeader(jar: readonly Cookie[], { hostname, pathname }: URL): string {
  return jar
    .filter(({ host, path }) => host === hostname && isWithin(pathname, path))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

function isWithin(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}

function formWith(html: string, button: string) {
  for (const [form] of html.matchAll(/<form[\s\S]*?<\/form>/g))
    for (const [whole, tag = ''] of form.matchAll(/<button([^>]*)>[\s\S]*?<\/button>/g)) {
      if (!textOf(whole).includes(button)) continue
      const inputs = [...form.matchAll(/<input[^>]*>/g), [tag] as const]
      const named = inputs.map(([input]) => [attribute(input, 'name'), attribute(input, 'value')])
      const fields = Object.fromEntries(named.filter(([name]) => name !== '')) as Fields
      return { action: attribute(tag, 'formaction') || attribute(form, 'action'), fields }
    }
  throw new Error(`no button "${button}" in: ${textOf(html)}`)
}

/** What a person reads. */
export function textOf(html: string): string {
  return unescaped(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()
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
