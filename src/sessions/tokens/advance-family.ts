import { coalesce } from '../../database/coalesce.ts'
import type { Db } from '../../database/transaction.ts'
import { judge, type Verdict } from './family.ts'
import { advancedFamilies, advancedFamily, checkFamilies, type FamilyStep } from './family-store.ts'

interface Step extends FamilyStep {
  readonly graceSeconds: number
}

/** Where a family went; but for a refusal the caller may give the successor out. */
export type Advanced = 'advanced' | 'grace' | 'refused'

export type AdvanceFamily = (step: Step) => Promise<Advanced>

/**
 * Rotation by one compare-and-set, which decides between processes. Those that come at about the
 * same time share its statement, and its commit. Inside this process, requests with the same token
 * from the same device share its result, so a flood on one family holds one connection and not all.
 */
export function createAdvanceFamily({ db }: { readonly db: Db }): AdvanceFamily {
  const underWay = new Map<string, { readonly by: Buffer; readonly result: Promise<Advanced> }>()
  const moved = coalesce<FamilyStep, true>(
    async (steps) =>
      new Map((await advancedFamilies(db, steps)).map((step) => [nameOf(step), true])),
    { keyOf: nameOf, maxBatch: 100, maxInFlight: 4 },
  )

  async function advance(step: Step): Promise<Advanced> {
    if (await moved(step)) return 'advanced'
    const verdict = await judgeAgain(db, step)
    if (verdict !== 'current') return settled(verdict)
    // Somebody holds the row and has not changed it yet; whoever waits for it alone is told.
    if (await advancedFamily(db, step)) return 'advanced'
    return settled(await judgeAgain(db, step))
  }

  return async (step) => {
    const name = nameOf(step)
    const other = underWay.get(name)
    if (other) {
      const result = await other.result.catch(() => 'refused' as const)
      if (result === 'advanced' && other.by.equals(step.by)) return 'grace'
      return settled(await judgeAgain(db, step))
    }

    const result = advance(step).finally(() => underWay.delete(name))
    underWay.set(name, { by: step.by, result })
    return result
  }
}

function nameOf({ familyId, generation }: Pick<FamilyStep, 'familyId' | 'generation'>): string {
  return `${familyId} ${generation}`
}

// Another request, perhaps in another process, was first; its row says whether this one is in time.
async function judgeAgain(db: Db, step: Step): Promise<Verdict | 'refused'> {
  const check = (await checkFamilies(db, [step.familyId])).get(step.familyId)
  if (!check || check.session.refusal || !check.grantStands) return 'refused'
  return judge(check.family, step, { now: check.now, graceSeconds: step.graceSeconds })
}

function settled(verdict: Verdict | 'refused'): Advanced {
  return verdict === 'grace' ? verdict : 'refused'
}
