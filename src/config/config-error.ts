/** What is wrong at one key, in words that never hold a configured value. */
export interface Problem {
  readonly key: string
  readonly reason: string
}

/** Everything that is wrong with a configuration, in one refusal. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(source: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const lines = problems.map(({ key, reason }) => `\n  ${key}: ${reason}`)
    super(`${source} has ${count}:${lines.join('')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}
