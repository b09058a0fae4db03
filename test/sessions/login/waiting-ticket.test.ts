import { newId } from '../../../src/ids.ts'
import { PASSWORD_PROOF } from '../../../src/sessions/login/login.ts'
import { sealWaiting, takeWaiting } from '../../../src/sessions/login/waiting-ticket.ts'
import { expect, test } from '../../support/world.ts'

const proven = () => ({
  userId: newId<'usr'>(),
  proof: PASSWORD_PROOF,
  context: {},
  passwordVersion: 3,
})

test.describe('a ticket of somebody who waits for a place', () => {
  test('is good once, of many who show it at the same time', async ({ node }) => {
    const person = proven()
    const ticket = await sealWaiting(node.services, 'door', person)
    const shown = await Promise.all(
      Array.from({ length: 10 }, () => takeWaiting(node.services, 'door', ticket)),
    )
    const taken = shown.filter((one) => one !== null)
    expect(taken).toHaveLength(1)
    expect(taken[0]).toMatchObject({ userId: person.userId, passwordVersion: 3 })
    expect(taken[0]?.provenAt).toBeInstanceOf(Date)
  })

  test('is good at its own door only', async ({ node }) => {
    const ticket = await sealWaiting(node.services, 'door', proven())
    expect(await takeWaiting(node.services, 'another', ticket)).toBeNull()
    expect(await takeWaiting(node.services, 'door', `${ticket}A`)).toBeNull()
  })

  test('lives no longer for being asked for again', async ({ node }) => {
    const provenAt = new Date(Date.now() - 301_000)
    const ticket = await sealWaiting(node.services, 'door', { ...proven(), provenAt })
    expect(await takeWaiting(node.services, 'door', ticket)).toBeNull()
  })
})
