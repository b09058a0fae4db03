import { DomainError } from '../errors.ts'
import { presentPolicy } from '../http/api/policies/explain-policy.ts'
import { imagined } from '../http/api/policies/imagined.ts'
import { parseId } from '../ids.ts'
import type { Core } from '../services/core.ts'
import { tokenCheckReader } from '../sessions/manager/token-check.ts'
import { policyOf } from '../sessions/manager/validate-session.ts'
import { type Answer, table } from './answer.ts'
import { policiesOf } from './list-policies.ts'
import type { ExplainOptions } from './policy-commands.ts'

/** `policy explain`: what the API's `explainPolicy` says, of any session or workspace. */
export async function explain(core: Core, options: ExplainOptions): Promise<Answer> {
  const policies = policiesOf(core)
  const effective =
    options.session === undefined
      ? await policies.effectiveFor(await imagined(core.db, options))
      : await policyOf({ policies }, await mustFind(core, options.session))
  const data = presentPolicy(effective)
  const rows = Object.entries(data.rules).map(([name, { value, level, subject }]) => [
    name,
    String(value),
    level,
    subject || '-',
  ])
  const limits = data.concurrent_sessions.map(({ limit, max, on_reaching, level, subject }) => [
    limit,
    `${max}, then ${on_reaching}`,
    level,
    subject || '-',
  ])
  return { data, text: table([['RULE', 'VALUE', 'LEVEL', 'SUBJECT'], ...rows, ...limits]) }
}

async function mustFind({ db }: Core, text: string) {
  const id = parseId('ses', text)
  const check = id && (await tokenCheckReader(db)(id))
  if (!check) throw new DomainError('session_not_found', `no session ${text}`)
  return check
}
