import type { Problem } from './config-error.ts'
import type { Environment } from './interpolate.ts'
import { nearest } from './nearest.ts'
import { variableOf } from './setting.ts'
import { KEYS, type Key, SETTINGS } from './settings.ts'

/** The file's own path: read by the command line, which then reads the file. */
const PATH_VARIABLE = 'SOJOURN_CONFIG'

/** A key's value from the environment, and the variable that gave it. */
export interface Override {
  readonly variable: string
  readonly value: string
}

/** Every key that the environment sets; a variable of ours that sets nothing is a problem. */
export function readEnvironment(env: Environment): {
  readonly overrides: ReadonlyMap<Key, Override>
  readonly problems: readonly Problem[]
} {
  const overrides = new Map<Key, Override>()
  const problems: Problem[] = unknownVariables(env)
  for (const key of KEYS) {
    const set = variablesOf(key).flatMap((variable) => overrideOf(variable, env))
    if (set[0]) overrides.set(key, set[0])
    if (set.some(({ value }) => value !== set[0]?.value))
      problems.push({ key, reason: `${variablesOf(key).join(' and ')} differ` })
  }
  return { overrides, problems }
}

export function variablesOf(key: Key): readonly string[] {
  const { shortName } = SETTINGS[key]
  return shortName ? [variableOf(key), shortName] : [variableOf(key)]
}

// Compose files and charts pass `NAME=` for what nobody filled in: empty is unset.
function overrideOf(variable: string, env: Environment): Override[] {
  const value = env[variable]
  return value ? [{ variable, value }] : []
}

function unknownVariables(env: Environment): Problem[] {
  const known = [...KEYS.flatMap(variablesOf), PATH_VARIABLE]
  const ours = Object.keys(env).filter((name) => name.startsWith('SOJOURN_'))
  return ours.filter((name) => !known.includes(name)).map((name) => unknownVariable(name, known))
}

function unknownVariable(name: string, known: readonly string[]): Problem {
  const guess = nearest(name, known)
  const reason = guess ? `is no variable; did you mean ${guess}?` : 'is no variable'
  return { key: name, reason }
}
