import { appendEntry } from '../audit/append-entry.ts'
import { tryExclusively } from '../database/advisory-lock.ts'
import { sqlTransaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { keyStatus, wrapsKeys } from '../keys/key-status.ts'
import { dropRootVersion } from '../keys/root-key-file.ts'
import { ROOT_ROTATION } from '../keys/rotate-root.ts'
import type { Core } from '../services/core.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import { confirm } from './confirm.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface DestroyRootOptions extends CommonOptions {
  readonly yes?: boolean
}

/** Longer than any transaction may take that wrapped a key under the version before. */
const SETTLED = 60_000

/**
 * Destroys an old root version: from then on nobody, not even we, can read a backup that needs it.
 */
export async function destroyRoot(
  terminal: Terminal,
  version: string,
  options: DestroyRootOptions,
): Promise<Answer> {
  if (!options.yes) await confirm(terminal, warningOf(version))
  return withCore(terminal, options, async (core) => {
    const attempt = await tryExclusively(core.pool, ROOT_ROTATION, () => destroy(core, version))
    if (!attempt.held) throw new DomainError('conflict', 'a rotation runs at this moment')
    return { data: { destroyed: version }, text: `root version ${version} is destroyed` }
  })
}

function warningOf(version: string): string {
  return `This destroys root version ${version} for good: no backup that needs it can be read any more.`
}

async function destroy({ config, db, rootKeys }: Core, version: string): Promise<void> {
  const { rootKey } = config
  if (rootKey.source === 'secret')
    throw new DomainError('conflict', 'take secret_key_previous out of the configuration')
  const { rootVersions } = await keyStatus(db, rootKeys)
  const old = rootVersions.find((root) => root.version === version && root.isHeld)
  if (!old) throw new DomainError('not_found', `the file has no root version ${version}`)
  if (old.isCurrent) throw new DomainError('conflict', 'this is the current root version')
  if (wrapsKeys(old)) throw new DomainError('conflict', 'keys need it: run keys rotate-root first')
  const since = rootVersions.find((root) => root.isCurrent)?.createdAt?.getTime() ?? 0
  if (Date.now() - since < SETTLED)
    throw new DomainError('conflict', 'the rotation is a moment old: a key may be on its way')
  await sqlTransaction(db, async (tx) => {
    await appendEntry(tx, {
      action: 'root_version.destroyed',
      actor: OPERATOR,
      subject: { kind: 'key', id: version },
    })
    await dropRootVersion(rootKey.file, version)
  })
}
