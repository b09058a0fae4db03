import { ConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/load-config.ts'

type Input = Parameters<typeof loadConfig>[0]

/** The refusal of an input that must be refused. */
export function refusalOf(input: Partial<Input>): ConfigError {
  try {
    loadConfig({ env: {}, ...input })
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

/** The keys that an input is refused for, in the order of the report. */
export function refusedKeys(input: Partial<Input>): string[] {
  return refusalOf(input).problems.map(({ key }) => key)
}

export function reasonFor(key: string, input: Partial<Input>): string {
  const problem = refusalOf(input).problems.find((one) => one.key === key)
  if (!problem) throw new Error(`${key} was not refused`)
  return problem.reason
}
