import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { readConfigFile } from '../config/read-config-file.ts'
import type { Terminal } from './terminal.ts'

export interface ConfigOptions {
  readonly config?: string
  readonly demo?: boolean
}

export interface Loaded {
  readonly config: Config
  readonly warnings: readonly string[]
  readonly source: string
}

const DEFAULT_FILE = 'sojourn.yaml'

/** The configuration of `--config`, else of SOJOURN_CONFIG, else of ./sojourn.yaml if it is there. */
export function load({ env }: Terminal, options: ConfigOptions): Loaded {
  const named = options.config ?? (env.SOJOURN_CONFIG || undefined)
  const path = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null)
  const file = path === null ? { source: 'the environment' } : readConfigFile(path)
  const settings = options.demo ? { ...quietly(env, path), SOJOURN_DEMO: 'true' } : env
  return { ...loadConfig({ ...file, env: settings }), source: file.source }
}

/** What the demonstration prints should stay on the screen, unless somebody asks for more. */
function quietly(env: Terminal['env'], path: string | null): Terminal['env'] {
  return path === null && !env.SOJOURN_LOG_LEVEL ? { ...env, SOJOURN_LOG_LEVEL: 'warn' } : env
}
