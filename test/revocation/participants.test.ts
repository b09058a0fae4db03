import { randomUUID } from 'node:crypto'
import { sqlTransaction } from '../../src/database/transaction.ts'
import type { ClientId, SessionId } from '../../src/ids.ts'
import { addParticipant } from '../../src/revocation/participants.ts'
import { expect, test } from '../support/database.ts'

const SESSION = randomUUID() as SessionId
const CLIENT = randomUUID() as ClientId

test.describe('taking part in a session', () => {
  test('is remembered once, however often codes are given', async ({ database: { db } }) => {
    await Promise.all([1, 2, 3, 4].map(() => addParticipant(db, SESSION, CLIENT)))
    expect(await db.prisma.participant.findMany()).toMatchObject([
      { sessionId: SESSION, clientId: CLIENT },
    ])
  })

  test('is forgotten with the transaction that did not commit', async ({ database: { db } }) => {
    const failing = sqlTransaction(db, async (tx) => {
      await addParticipant(tx, SESSION, CLIENT)
      throw new Error('the code was not saved')
    })
    await expect(failing).rejects.toThrow('the code was not saved')
    expect(await db.prisma.participant.count()).toBe(0)
  })
})
