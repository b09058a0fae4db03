import type { Problem } from './config-error.ts'
import { type Environment, interpolate } from './interpolate.ts'
import { type Override, readEnvironment } from './read-environment.ts'
import { readYaml } from './read-yaml.ts'
import type { Setting } from './setting.ts'
import { KEYS, type Key, SETTINGS, type Values } from './settings.ts'

export interface ConfigInput {
  /** YAML; without it the environment alone speaks. */
  readonly text?: string
  /** What messages call the file. */
  readonly source?: string
  readonly env: Environment
}

export interface ReadValues {
  /** Of every key; one with a problem stands at its fallback. */
  readonly values: Values
  readonly problems: readonly Problem[]
  /** False where values are missing because the file could not be understood. */
  readonly complete: boolean
}

type Outcome = { readonly value: unknown } | { readonly reason: string }

/** The value of every key: the environment before the file before the fallback. */
export function readValues({ text = '', source, env }: ConfigInput): ReadValues {
  const file = readYaml(text, source ?? 'the configuration')
  const environment = readEnvironment(env)
  const problems: Problem[] = [...file.problems, ...environment.problems]
  const values: Record<string, unknown> = {}

  for (const key of KEYS) {
    const override = environment.overrides.get(key)
    const outcome = override
      ? readOverride(SETTINGS[key], override)
      : readWritten(SETTINGS[key], file.written, key, env)
    if ('reason' in outcome) problems.push({ key, reason: outcome.reason })
    values[key] = 'value' in outcome ? outcome.value : fallbackOf(SETTINGS[key])
  }
  // Built key by key from the table that the type is made of.
  return { values: values as unknown as Values, problems, complete: file.readable }
}

function readOverride(setting: Setting<unknown>, { variable, value }: Override): Outcome {
  const outcome = take(setting, value)
  return 'value' in outcome ? outcome : { reason: `${outcome.reason} (set by ${variable})` }
}

function readWritten(
  setting: Setting<unknown>,
  written: ReadonlyMap<Key, unknown>,
  key: Key,
  env: Environment,
): Outcome {
  if (!written.has(key)) return { value: fallbackOf(setting) }
  const raw = written.get(key)
  if (raw === null) return { reason: 'has no value; leave the line out for the default' }
  if (raw instanceof Map) return { reason: 'takes a value, not keys of its own' }

  const filled = interpolate(raw, env)
  return filled.ok ? take(setting, filled.value) : { reason: filled.reason }
}

function take(setting: Setting<unknown>, raw: unknown): Outcome {
  const parsed = setting.kind.safeParse(raw)
  if (parsed.success) return { value: parsed.data }
  return { reason: [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ') }
}

function fallbackOf(setting: Setting<unknown>): unknown {
  return setting.fallback === null ? null : setting.kind.parse(setting.fallback)
}
