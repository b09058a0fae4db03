import { endLogin } from '../../../src/sessions/ending/end.ts'
import { heldIn, loginOf, offlineCode, visitOn } from '../../sessions/place.ts'
import { expect, test } from '../../sessions/stage.ts'
import { redeem, refresh } from '../../support/relying-party.ts'
import { bothWays } from './question.ts'

const PATH = '/oauth2/userinfo'

test.describe('a question about a person who is away', () => {
  for (const subject_type of ['public', 'pairwise'])
    test(`is answered as the library answers it, to a ${subject_type} client`, async ({
      stage,
    }) => {
      const visit = await visitOn(stage, { subject_type })
      const { code } = heldIn(await offlineCode(visit))
      const { body: first } = await redeem(visit.party, code!.code, code!.verifier)
      const by = { kind: 'operator' } as const
      await endLogin(stage.ender, await loginOf(visit), { cause: 'logout', by })
      const { body } = await refresh(visit.party, String(first.refresh_token))

      const ask = { method: 'GET' as const, path: PATH }
      const headers = { authorization: `Bearer ${body.access_token}` }
      const { ours, library, short } = await bothWays(stage.node, {
        short: { ...ask, headers },
        long: { ...ask, path: `${PATH}?way=long`, headers },
        mark: 'AS person_id',
      })

      expect(ours).toEqual(library)
      expect([ours.status, short]).toEqual([200, true])
    })
})
