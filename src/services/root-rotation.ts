import type { Config } from '../config/config.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Db } from '../database/transaction.ts'
import { isRewrapDue } from '../keys/rewrap-keys.ts'
import { type RootAge, rootAge } from '../keys/root-age.ts'
import { rotateRoot } from '../keys/rotate-root.ts'
import type { Log } from '../log.ts'

interface Deps {
  readonly config: Pick<Config, 'rootKey' | 'keys'>
  readonly db: Db
  readonly rootKeys: RootKeys
  readonly log: Log
}

/** What a server does about the age of its root key. */
export interface RootCare {
  /** One step: rotates, goes on rotating, or says that an operator should. One process at a time. */
  look(): Promise<void>
}

/** Seconds of one step, after which other recurring work has its turn. */
const STEP = 10
const DAY = 86_400_000

/** Replaces the root version on schedule where the server may, and else reminds once a day. */
export function createRootCare(deps: Deps): RootCare {
  const { config, rootKeys, log } = deps
  let reminded = Number.NEGATIVE_INFINITY

  async function rotate(age: RootAge, file: string): Promise<void> {
    if (!age.isDue && !(await isRewrapDue(deps))) return
    const step = await rotateRoot(deps, { file, by: { kind: 'system' }, patience: STEP })
    log.info(
      { ...step },
      step?.isDone ? 'the root key is rotated' : 'the root key is being rotated',
    )
  }

  function remind({ version, dueAt }: RootAge): void {
    if (performance.now() - reminded < DAY) return
    reminded = performance.now()
    log.warn({ version, dueAt }, 'the root key is due for rotation: sojourn keys rotate-root')
  }

  return {
    async look() {
      await rootKeys.refresh()
      const age = await rootAge(deps, config.keys.rootRotation)
      if (config.keys.rootRotationBy === 'server' && config.rootKey.source === 'file')
        return rotate(age, config.rootKey.file)
      if (age.isDue) remind(age)
    },
  }
}
