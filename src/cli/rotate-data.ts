import { rotateDataKey } from '../keys/rotate-data-key.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

/** Announces a new data key; servers follow it without a restart. */
export function rotateDataAt(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const announced = await rotateDataKey(core, OPERATOR)
    if (!announced) {
      const text = 'the next data key is announced already'
      return { data: { announced: null }, text }
    }
    const { version, activeAt } = announced
    return {
      data: { announced: { version, active_at: activeAt } },
      text: `data key ${version} seals from ${activeAt.toISOString()}`,
    }
  })
}
