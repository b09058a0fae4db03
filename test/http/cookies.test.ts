import { randomUUID } from 'node:crypto'
import { createUser } from '../../src/users/create-user.ts'
import { type Answer, BROWSER, expect, FORM, type Served, test } from './served.ts'

const PASSWORD = 'a passphrase of honest length'

/** A browser's way from an application to the page that is its own, and out again. */
async function journey(served: Served): Promise<readonly string[]> {
  const { ask, given, services } = served
  const by = { kind: 'operator' } as const
  const username = `user-${randomUUID()}`
  const user = await createUser(services, { username, password: PASSWORD, by })
  const workspace = await given.workspace(user)
  const client = await given.client()
  await given.consent(user, workspace, client)
  const jar = new Map<string, string>()
  const lines: string[] = []

  const go = async (path: string, form?: Readonly<Record<string, string>>): Promise<Answer> => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const headers = { ...BROWSER, cookie, ...(form ? { ...FORM, origin: served.issuer } : {}) }
    const sent = form
      ? { method: 'POST', headers, body: String(new URLSearchParams(form)) }
      : { headers }
    const answer = await ask(path, sent)
    for (const line of answer.headers['set-cookie'] ?? []) {
      lines.push(line)
      const [name = '', ...value] = (line.split(';', 1)[0] ?? '').split('=')
      jar.set(name, value.join('='))
    }
    return answer
  }

  const query = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: 'https://rp.example/callback',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const asked = (await go(`/oauth2/authorize?${query}`)).headers.location ?? ''
  const csrf = csrfOf(await go(asked))
  const entered = await go(`${asked}/login`, { csrf, username, password: PASSWORD })
  const back = new URL(entered.headers.location ?? '', served.issuer).pathname
  const arrived = await go(back)
  expect(arrived.headers.location).toMatch(/^https:\/\/rp\.example\/callback\?code=/)
  const left = await go('/logout', { csrf: csrfOf(await go('/account')) })
  expect(left.status).toBe(200)
  return lines
}

function csrfOf({ text }: Answer): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
}

/** Name and attributes of each cookie that was given, values and times left out. */
function formsOf(lines: readonly string[]): string[] {
  const forms = lines.map((line) =>
    line
      .replace(/=[^;]*/, '')
      .replace(/path=\/[^;]*\/[^;]*/, (path) => path.replace(/[\w-]{20,}/, ':uid'))
      .replace(/expires=[^;]*/, 'expires'),
  )
  return [...new Set(forms)].sort()
}

test('cookies of an https issuer are bound to it, and no script reads them', async ({ secure }) => {
  expect(formsOf(await journey(secure))).toEqual([
    '__Host-csrf; path=/; samesite=lax; secure; httponly',
    '__Host-sojourn.sig; path=/; expires; samesite=lax; secure; httponly',
    '__Host-sojourn.sig; path=/; samesite=lax; secure; httponly',
    '__Host-sojourn; path=/; expires; samesite=lax; secure; httponly',
    '__Host-sojourn; path=/; samesite=lax; secure; httponly',
    '__Secure-sojourn-interaction.sig; path=/interaction/:uid; expires; samesite=lax; secure; httponly',
    '__Secure-sojourn-interaction; path=/interaction/:uid; expires; samesite=lax; secure; httponly',
    '__Secure-sojourn-resume.sig; path=/oauth2/authorize/:uid; expires; samesite=lax; secure; httponly',
    '__Secure-sojourn-resume; path=/oauth2/authorize/:uid; expires; samesite=lax; secure; httponly',
  ])
})

test('cookies of an http issuer on this machine differ by what needs https alone', async ({
  plain,
}) => {
  expect(formsOf(await journey(plain))).toEqual([
    'csrf; path=/; samesite=lax; httponly',
    'sojourn-interaction.sig; path=/interaction/:uid; expires; samesite=lax; httponly',
    'sojourn-interaction; path=/interaction/:uid; expires; samesite=lax; httponly',
    'sojourn-resume.sig; path=/oauth2/authorize/:uid; expires; samesite=lax; httponly',
    'sojourn-resume; path=/oauth2/authorize/:uid; expires; samesite=lax; httponly',
    'sojourn.sig; path=/; expires; samesite=lax; httponly',
    'sojourn.sig; path=/; samesite=lax; httponly',
    'sojourn; path=/; expires; samesite=lax; httponly',
    'sojourn; path=/; samesite=lax; httponly',
  ])
})
