import { randomUUID } from 'node:crypto'
import type { LoginId } from '../../../src/ids.ts'
import type { User } from '../../../src/users/user.ts'
import { codeOf, giveTotp } from '../../users/factors/people.ts'
import { type House, PASSWORD } from './house.ts'
import { fieldOf, type Seen, type Visitor, wordsOf } from './visitor.ts'

export { codeOf } from '../../users/factors/people.ts'

export interface Secured {
  readonly person: User
  readonly secret: Buffer
  readonly recoveryCodes: readonly string[]
}

/** A person whose account has an authenticator app, added by an earlier login. */
export async function secured(house: House, username = 'ada'): Promise<Secured> {
  const person = await house.user(username)
  const given = await giveTotp(house.app.services, person.id, randomUUID() as LoginId)
  return { person, ...given }
}

export const typed = (username = 'ada') => ({ username, password: PASSWORD })

/** Logs in at the person's own page; the last page seen comes back. */
export async function logInAtHome(
  visitor: Visitor,
  code: string | null = null,
  username = 'ada',
): Promise<Seen> {
  const page = await visitor.press(await visitor.get('/login'), 'Log in', typed(username))
  return code === null ? page : visitor.press(page, 'Confirm', { code })
}

/** Adds an authenticator app by its pages; its secret, and the page that came of it. */
export async function addApp(
  visitor: Visitor,
  address = '/account/security/authenticator',
): Promise<{ readonly secret: Buffer; readonly seen: Seen }> {
  const offer = await visitor.get(address)
  const secret = secretIn(offer)
  const seen = await visitor.press(offer, 'Add it', { code: codeOf(secret), name: 'Phone' })
  return { secret, seen }
}

/** The secret as the page tells it to people. */
export function secretIn(page: Seen): Buffer {
  const text = /<code class="secret">([^<]+)</.exec(page.text)?.[1]
  if (!text) throw new Error(`no secret in: ${wordsOf(page.text)}`)
  return base32(text.replaceAll(' ', ''))
}

export function recoveryCodesIn(page: Seen): string[] {
  return [...page.text.matchAll(/<li>([0-9a-z-]{23})<\/li>/g)].map(([, code]) => code ?? '')
}

export const ticketIn = (page: Seen): string => fieldOf(page.text, 'ticket')

function base32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

export async function levelsOf(house: House) {
  const logins = await house.app.services.db.prisma.login.findMany({ where: { endedAt: null } })
  return logins.map(({ acr, amr }) => ({ acr, amr }))
}

export async function actionsOf(house: House): Promise<string[]> {
  const { rows } = await house.app.services.pool.query('SELECT action FROM entry ORDER BY seq')
  return rows.map(({ action }) => action)
}
