import { InvalidArgumentError } from 'commander'
import { DomainError } from '../errors.ts'
import { parseDuration } from '../lib/duration.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface CreateTokenOptions extends CommonOptions {
  /** Seconds. */
  readonly for?: number
}

const HOUR = 3_600
const LONGEST = 365 * 24 * HOUR

/** Makes an initial access token; it is in this answer and nowhere else. */
export async function createTokenAt(
  terminal: Terminal,
  { for: lifetime = HOUR, ...options }: CreateTokenOptions,
): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    if (!core.config.registration.enabled)
      throw new DomainError('conflict', 'nobody may register: set registration.enabled')
    // The provider is slow to load, and no other command needs it.
    const { issueInitialAccessToken } = await import('../oidc/issue-initial-access-token.ts')
    const token = await issueInitialAccessToken(core, { lifetime, by: OPERATOR })
    const shown = token.reveal()
    const data = { initial_access_token: shown, expires_in: lifetime }
    return { data, text: `initial access token, shown this once: ${shown}` }
  })
}

export function parseLifetime(text: string): number {
  const seconds = secondsOf(text)
  if (seconds < 1 || seconds > LONGEST) throw new InvalidArgumentError('from 1s to 365d, please')
  return seconds
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
