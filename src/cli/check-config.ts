import type { Answer } from './answer.ts'
import { type ConfigOptions, load } from './load.ts'
import type { Terminal } from './terminal.ts'

/** Says whether the server would start with this configuration; problems are thrown, all at once. */
export function checkConfig(terminal: Terminal, options: ConfigOptions): Answer {
  const { config, warnings, source } = load(terminal, options)
  const environment = config.production ? 'production' : 'development'
  const lines = [
    `${source} is fine: ${environment}, ${config.issuer}`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ]
  const data = { ok: true, source, environment, issuer: config.issuer, warnings }
  return { data, text: lines.join('\n') }
}
