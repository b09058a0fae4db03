import type { Db } from '../database/transaction.ts'
import type { FamilyId } from '../ids.ts'
import { judge, type Verdict } from './family.ts'
import { advancedFamily, checkFamilies } from './family-store.ts'

interface Step {
  readonly familyId: FamilyId
  readonly generation: number
  /** Keyed hash of the device and user agent that presents. */
  readonly by: Buffer
  readonly graceSeconds: number
}

/** Moves families on; both results let the caller give the successor out. */
export type AdvanceFamily = (step: Step) => Promise<'advanced' | 'grace' | 'refused'>

/**
 * Rotation by one compare-and-set, which decides between processes; inside this process, requests
 * with the same token from the same device share its result, so a flood on one family holds one
 * connection and not all of them.
 */
export function createAdvanceFamily(deps: { readonly db: Db }): AdvanceFamily {
  const underWay = new Map<string, { by: Buffer; moved: Promise<boolean> }>()

  return async (step) => {
    const name = `${step.familyId} ${step.generation}`
    const other = underWay.get(name)
    if (other) {
      const moved = await other.moved.catch(() => false)
      if (moved && other.by.equals(step.by)) return 'grace'
      return judgeAgain(deps.db, step)
    }

    const moved = advancedFamily(deps.db, step.familyId, step)
    underWay.set(name, { by: step.by, moved })
    try {
      if (await moved) return 'advanced'
    } finally {
      underWay.delete(name)
    }
    return judgeAgain(deps.db, step)
  }
}

// Another request, perhaps in another process, was first; its row says whether this one is in time.
async function judgeAgain(db: Db, step: Step): Promise<'grace' | 'refused'> {
  const check = (await checkFamilies(db, [step.familyId])).get(step.familyId)
  if (!check || check.session.refusal || !check.grantStands) return 'refused'
  const verdict: Verdict = judge(check.family, step, {
    now: check.now,
    graceSeconds: step.graceSeconds,
  })
  return verdict === 'grace' ? 'grace' : 'refused'
}
