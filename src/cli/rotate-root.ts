import { tryExclusively } from '../database/advisory-lock.ts'
import { DomainError } from '../errors.ts'
import { ROOT_ROTATION, type RotatedRoot, rotateRoot } from '../keys/rotate-root.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

/** Replaces the root version while servers run; an interrupted rotation is finished instead. */
export function rotateRootAt(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const { rootKey } = core.config
    const file = rootKey.source === 'file' ? rootKey.file : null
    const attempt = await tryExclusively(core.pool, ROOT_ROTATION, () =>
      rotateRoot(core, { file, by: OPERATOR }),
    )
    if (!attempt.held) throw new DomainError('conflict', 'another rotation runs at this moment')
    if (!attempt.result) throw new DomainError('conflict', NOTHING_TO_DO)
    const { version, added, rewrapped, unreadable } = attempt.result
    return { data: { version, added, rewrapped, unreadable }, text: describe(attempt.result) }
  })
}

const NOTHING_TO_DO =
  'nothing to do: set a new secret_key and the present one as secret_key_previous first'

function describe({ version, added, rewrapped, unreadable }: RotatedRoot): string {
  return [
    added ? `new root version ${version}` : `finishing the rotation to ${version}`,
    `${rewrapped} keys wrapped under it`,
    ...unreadable.map(
      (lost) => `${lost.keys} of ${lost.table} need ${lost.version}, which is missing`,
    ),
  ].join('\n')
}
