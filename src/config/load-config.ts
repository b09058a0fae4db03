import { assembleConfig } from './assemble-config.ts'
import type { Config } from './config.ts'
import { ConfigError } from './config-error.ts'
import { type ConfigInput, readValues } from './read-values.ts'
import { brokenRules } from './rules.ts'
import { warningsOf } from './warnings.ts'

/**
 * One frozen configuration out of a file's text and the environment, or a `ConfigError` that
 * names every problem at once and no configured value.
 */
export function loadConfig(input: ConfigInput): {
  readonly config: Config
  readonly warnings: readonly string[]
} {
  const { values, problems, complete } = readValues(input)
  const all = complete ? [...problems, ...brokenRules(values, problems)] : problems
  if (all.length > 0) throw new ConfigError(input.source ?? 'the configuration', all)
  return deepFreeze({ config: assembleConfig(values), warnings: warningsOf(values) })
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null) deepFreeze(member)
  return Object.freeze(value)
}
