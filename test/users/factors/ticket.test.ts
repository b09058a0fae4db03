import { openTicket, sealTicket } from '../../../src/users/factors/ticket.ts'
import { expect, test } from '../fixture.ts'

const place = { kind: 'first-proof', scope: 'one form' } as const

test.describe('a ticket', () => {
  test('brings back what was sealed, and shows nothing of it', async ({ services }) => {
    const { data } = services.serverKeys
    const ticket = sealTicket(data, place, { content: { userId: 'somebody' }, seconds: 60 })
    expect(openTicket(data, place, ticket)).toEqual({ userId: 'somebody' })
    expect(Buffer.from(ticket, 'base64url').toString('latin1')).not.toContain('somebody')
  })

  test('is good for one form and one purpose', async ({ services }) => {
    const { data } = services.serverKeys
    const ticket = sealTicket(data, place, { content: {}, seconds: 60 })
    expect(openTicket(data, { ...place, scope: 'another' }, ticket)).toBeNull()
    expect(openTicket(data, { ...place, kind: 'totp-enrolment' }, ticket)).toBeNull()
    expect(openTicket(data, place, `${ticket.slice(0, -2)}AA`)).toBeNull()
    expect(openTicket(data, place, 'no ticket at all')).toBeNull()
  })

  test('is over after its time', async ({ services }) => {
    const { data } = services.serverKeys
    const ticket = sealTicket(data, place, { content: {}, seconds: 0 })
    expect(openTicket(data, place, ticket)).toBeNull()
  })
})
