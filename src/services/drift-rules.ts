import type { Config } from '../config/config.ts'
import type { DriftRules } from '../decisions/drift.ts'

/** What a change of context calls for, by the configuration. */
export function driftRules({ validation, context }: Config): DriftRules {
  const { reaction } = context
  return {
    reactions: {
      network: validation.context ? 'note' : 'none',
      agent: validation.context ? 'note' : 'none',
      country: validation.context && validation.location ? reaction : 'none',
      device: validation.context && validation.deviceFingerprint ? reaction : 'none',
    },
    onlyRecord: context.onlyRecord,
  }
}
