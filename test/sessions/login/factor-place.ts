import { randomBytes, randomUUID } from 'node:crypto'
import type { LoginId, UserId } from '../../../src/ids.ts'
import { endUser } from '../../../src/sessions/ending/end.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { send } from '../../support/relying-party.ts'
import type { Cluster } from '../../support/world.ts'
import { codeOf, giveTotp } from '../../users/factors/people.ts'

const PASSWORD = 'a long and honest passphrase'

export interface Person {
  readonly userId: UserId
  readonly username: string
  /** What their app shows, and one of their recovery codes; empty without factors. */
  readonly code: string
  readonly recovery: string
  endAll(): Promise<unknown>
}

export type Second = (person: Person) => Readonly<Record<string, string>>

export async function addFactorsOf(
  { services }: Cluster,
  { factors }: { readonly factors: 'some' | 'none' } = { factors: 'some' },
): Promise<Person> {
  const username = `guest-${randomBytes(4).toString('hex')}`
  const by = { kind: 'operator' } as const
  const { id: userId } = await createUser(services, { username, password: PASSWORD, by })
  const endAll = () => endUser(services, userId, { cause: 'logout_everywhere', by })
  if (factors === 'none') return { userId, username, code: '', recovery: '', endAll }
  const given = await giveTotp(services, userId, randomUUID() as LoginId)
  const [recovery = ''] = given.recoveryCodes
  return { userId, username, code: codeOf(given.secret), recovery, endAll }
}

/** A browser that has typed its person's password into a page of one of the processes. */
export async function logInOn({ issuer }: Cluster, via: string, { username }: Person) {
  const jar = new Map<string, string>()
  const ask = async (method: string, path: string, form?: Readonly<Record<string, string>>) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(
      { issuer, via },
      {
        method,
        path,
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        ...(form && { body: String(new URLSearchParams(form)) }),
      },
    )
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';', 1)
      const [name = '', ...value] = pair.split('=')
      jar.set(name, value.join('='))
    }
    return answer
  }
  const hidden = (text: string, name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''

  const login = await ask('GET', '/login')
  const typed = { csrf: hidden(login.text, 'csrf'), username, password: PASSWORD }
  const asked = await ask('POST', '/login', typed)
  const carried = { csrf: hidden(asked.text, 'csrf'), ticket: hidden(asked.text, 'ticket') }
  return {
    show: (second: Readonly<Record<string, string>>) =>
      ask('POST', '/login/factor', { ...carried, ...second }),
    addApp: async () => {
      const { text } = await ask('GET', '/account/security/authenticator')
      const secret = /<code class="secret">([^<]+)</.exec(text)?.[1] ?? ''
      const code = codeOfText(secret)
      const fields = { csrf: hidden(text, 'csrf'), ticket: hidden(text, 'ticket'), code }
      return ask('POST', '/account/security/authenticator', fields)
    },
  }
}

function codeOfText(text: string): string {
  return text === '' ? '000000' : codeOf(text)
}
