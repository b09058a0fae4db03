import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { removePolicy, setPolicy } from '../decisions/set-policy.ts'
import { rules } from '../http/api/policies/schemas.ts'
import { rulesOf } from '../http/api/policies/workspace-rules.ts'
import { parseDuration } from '../lib/duration.ts'
import { explainIssues } from '../lib/explain-issues.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import { type Named, parseLevel, placeOf, presentSubject } from './policy-subject.ts'
import { UsageError } from './refusal.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface SetOptions extends CommonOptions {
  readonly rule?: readonly string[]
  readonly rules?: string
}

/** `policy set`: the rules are judged by the schema that judges the API's. */
export async function setAt(
  terminal: Terminal,
  named: Named,
  options: SetOptions,
): Promise<Answer> {
  const level = parseLevel(named.level)
  const said = parseRules(options)
  return withCore(terminal, options, async ({ db }) => {
    const { subject, workspaceId } = await placeOf(db, named)
    const policy = { level, subject, rules: rulesOf(said) }
    await setPolicy(db, { policy, workspaceId, by: OPERATOR })
    const shown = { level, subject: presentSubject(level, subject), rules: said }
    return {
      data: shown,
      text: `${level} ${named.subject}: ${line(said)}; servers follow within seconds, running sessions within a minute`,
    }
  })
}

/** `policy remove`: no error where nothing was said. */
export async function removeAt(
  terminal: Terminal,
  named: Named,
  options: CommonOptions,
): Promise<Answer> {
  const level = parseLevel(named.level)
  return withCore(terminal, options, async ({ db }) => {
    const { subject, workspaceId } = await placeOf(db, named)
    const policy = { level, subject, rules: {} }
    const removed = await removePolicy(db, { policy, workspaceId, by: OPERATOR })
    return {
      data: { level, subject: presentSubject(level, subject), removed },
      text: `${level} ${named.subject} ${removed ? 'says nothing any more' : 'said nothing'}`,
    }
  })
}

type Said = z.output<typeof rules>

function parseRules({ rule: pairs = [], rules: file }: SetOptions): Said {
  const given = {
    ...(file !== undefined && readRules(file)),
    ...Object.fromEntries(pairs.map(parsePair)),
  }
  if (Object.keys(given).length === 0)
    throw new UsageError('say at least one --rule, or use policy remove')
  const parsed = rules.safeParse(given)
  if (!parsed.success) throw new UsageError(explainIssues(parsed.error))
  return parsed.data
}

function readRules(file: string): object {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  } catch (cause) {
    throw new UsageError('the file of rules cannot be read as JSON', { cause })
  }
  throw new UsageError('the file of rules is no JSON object')
}

function parsePair(text: string): readonly [string, unknown] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError('a rule is written name=value')
  return [text.slice(0, at), parseValue(text.slice(at + 1))]
}

/** A time, or else JSON: numbers, true and false are such. */
function parseValue(text: string): unknown {
  if (/^\d+[smhd]$/.test(text)) return parseDuration(text)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Rules in one line. */
export function line(said: object): string {
  return Object.entries(said)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}
