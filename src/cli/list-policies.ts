import { createPolicies } from '../decisions/policies.ts'
import type { Policy } from '../decisions/policy.ts'
import { saidOf } from '../http/api/policies/said-of.ts'
import type { Core } from '../services/core.ts'
import { serverRules } from '../services/server-rules.ts'
import { LEVEL_RULES } from '../sessions/login/level-rules.ts'
import { type Answer, table } from './answer.ts'
import { presentSubject } from './policy-subject.ts'
import { line } from './set-policy.ts'

/** The policies as a server reads them, for a command beside it. */
export function policiesOf({ db, config }: Pick<Core, 'db' | 'config'>) {
  return createPolicies({ db, server: serverRules(config), builtIn: LEVEL_RULES })
}

export async function listPolicies(core: Core, level: string | null): Promise<Answer> {
  const all = (await policiesOf(core).all()).filter((one) => level === null || one.level === level)
  const shown = all.map(present)
  const rows = shown.map((one) => [
    one.level,
    one.subject || '-',
    `${line(one.rules)}${one.built_in ? ' (built in)' : ''}`,
  ])
  const text = rows.length > 0 ? table([['LEVEL', 'SUBJECT', 'RULES'], ...rows]) : 'no policies'
  return { data: { policies: shown }, text }
}

function present(policy: Policy) {
  const { level, subject, rules } = policy
  return {
    level,
    subject: presentSubject(level, subject),
    rules: saidOf(rules),
    built_in: LEVEL_RULES.includes(policy),
  }
}
