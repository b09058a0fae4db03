import { expect, test } from 'playwright/test'
import { newId, type SessionId } from '../../../src/ids.ts'
import {
  formatAccessToken,
  openAccessToken,
  parseAccessToken,
} from '../../../src/sessions/tokens/access-token.ts'

const key = Buffer.alloc(32, 1)
const session = newId<'ses'>()
const content = { jti: 'one', scope: 'openid' }

test.describe('an opaque access token', () => {
  test('opens under the key that sealed it', () => {
    const { holder, sealed } = parseAccessToken(formatAccessToken(key, session, content))!
    expect(holder).toBe(session)
    expect(openAccessToken(key, holder, sealed)).toEqual(content)
  })

  test('does not open under another key, nor for another session', () => {
    const { holder, sealed } = parseAccessToken(formatAccessToken(key, session, content))!
    expect(openAccessToken(Buffer.alloc(32, 2), holder, sealed)).toBeNull()
    expect(openAccessToken(key, newId<'ses'>() as SessionId, sealed)).toBeNull()
    expect(openAccessToken(key, 'service', sealed)).toBeNull()
  })

  test('has one spelling only', () => {
    const token = formatAccessToken(key, session, { jti: 'x' })
    const spellings = [
      `${token}=`,
      `${token} `,
      `${token}\n`,
      token.toUpperCase(),
      token.replaceAll('-', '+').replaceAll('_', '/'),
      `${token}A`,
    ]
    for (const spelling of spellings) {
      const parsed = parseAccessToken(spelling)
      if (parsed) expect(openAccessToken(key, parsed.holder, parsed.sealed), spelling).toBeNull()
    }
  })
})
