import { deleteClient } from '../../src/access/delete-client.ts'
import { disableClient } from '../../src/access/disable-client.ts'
import { redeem } from '../support/relying-party.ts'
import { heldAfter, heldIn, offlineCode, type Place, visitOn, whatWorks } from './place.ts'
import { expect, somebodyWaits, test } from './stage.ts'
import { clientOf, TELL } from './told.ts'

const by = { kind: 'operator' } as const

const ACTS = [
  ['disabled', disableClient, 1],
  ['deleted', deleteClient, 0],
] as const

for (const [how, act, told] of ACTS)
  test.describe(`a client that is ${how} while it redeems a code for an offline session`, () => {
    for (const statement of ['session_insert_offline', 'grant_save', 'family_insert', 'COMMIT'])
      test(`keeps nothing, held before ${statement}`, async ({ stage }) => {
        const visit = await visitOn(stage, TELL)
        const { id } = await clientOf(stage, visit.party)
        const { code } = heldIn(await offlineCode(visit))
        const held =
          statement === 'COMMIT'
            ? stage.proxy.holdCommitOf('family_insert')
            : stage.proxy.hold(statement)
        const answer = redeem(visit.party, code!.code, code!.verifier)
        await held.reached

        const ended = act(stage.ender, id, by)
        await somebodyWaits(stage, ended)
        held.release()
        await ended

        expect(await whatWorks(visit, heldAfter(await answer))).toEqual([])
        const begun = statement !== 'session_insert_offline'
        expect(await offlineOnes(visit)).toEqual(begun ? [{ cause: 'client_removed', told }] : [])
        expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
      })
  })

async function offlineOnes({ stage, user }: Place) {
  return (await stage.database.pool.query(OFFLINE, [user.id])).rows
}

const OFFLINE = `
  SELECT end_cause AS cause,
    (SELECT count(*)::int FROM delivery d WHERE d.session_id = s.id) AS told
  FROM session s WHERE user_id = $1 AND kind = 'offline'`
