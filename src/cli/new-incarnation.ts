import { beginIncarnation } from '../access/begin-incarnation.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import { confirm } from './confirm.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface NewIncarnationOptions extends CommonOptions {
  readonly yes?: boolean
}

const WARNING = `This ends every session and every login, offline ones included: no token, cookie or
code that was made before works any more. It is for a database that came back from a backup.`

/** Makes void what was made before a restore; servers that still run notice it and stop. */
export async function newIncarnation(
  terminal: Terminal,
  options: NewIncarnationOptions,
): Promise<Answer> {
  if (!options.yes) await confirm(terminal, WARNING)
  return withCore(terminal, options, async (core) => {
    const { length } = await beginIncarnation(core, OPERATOR)
    const text = [
      `a new incarnation has begun; ${length} sessions are ended, and their applications are told`,
      'servers that run notice it within seconds and stop: start them again',
    ]
    return { data: { ended_sessions: length }, text: text.join('\n') }
  })
}
