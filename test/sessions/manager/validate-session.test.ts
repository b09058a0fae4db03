import { formatId, parseId, type SessionId } from '../../../src/ids.ts'
import { newestToken } from '../../../src/sessions/manager/open-session-token.ts'
import { expect, serviceIn, test } from '../../http/api/stage.ts'

test('an expired token that was replaced is not told to be renewed', async ({ node, given }) => {
  const { services } = node
  const user = await given.user()
  const api = await serviceIn({ node, given }, [await given.workspace(user)])
  const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
  const id = parseId('ses', made.body.session.session_id) as SessionId
  await services.pool.query(
    `UPDATE session SET generation = 1, renewed_at = now() - interval '1 hour' WHERE id = $1`,
    [id],
  )
  const check = (await services.tokenChecks(id))!
  const expiresAt = new Date(Date.now() - 2000)
  const session_token = await newestToken(services, { ...check, generation: 0, expiresAt })

  const { body } = await api.call('POST', '/sessions/validation', { session_token })
  expect(body).toEqual({
    is_valid: false,
    view_age_ms: 0,
    reason: 'expired',
    end_cause: null,
    next: { act: 'log_in', by: null },
  })
  expect((await services.tokenChecks(id))?.session.refusal).toBeNull()
})
