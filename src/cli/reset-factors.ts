import { resetFactors } from '../access/reset-factors.ts'
import { DomainError } from '../errors.ts'
import { formatId } from '../ids.ts'
import { findUserByUsername } from '../users/find-user.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface ResetFactorsOptions extends CommonOptions {
  readonly keepSessions?: boolean
}

/** For somebody who has lost their factors and their recovery codes; make sure that it is them. */
export function resetFactorsAt(
  terminal: Terminal,
  username: string,
  options: ResetFactorsOptions,
): Promise<Answer> {
  return withCore(terminal, options, async ({ db }) => {
    const user = await findUserByUsername(db, username)
    if (!user) throw new DomainError('user_not_found', `no user ${username}`)
    const keepsSessions = options.keepSessions ?? false
    const { count, ended } = await resetFactors({ db }, user.id, { by: OPERATOR, keepsSessions })
    const data = {
      username: user.username,
      factors: count,
      ended: ended.map(({ id }) => formatId('ses', id)),
    }
    const what = `${count} ${count === 1 ? 'factor' : 'factors'} of ${user.username} taken away`
    return { data, text: `${what}; ${ended.length} sessions ended` }
  })
}
