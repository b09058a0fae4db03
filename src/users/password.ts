import { channel } from 'node:diagnostics_channel'
import { hash, verify } from 'argon2'
import { makeSecret } from '../crypto/secret.ts'
import { createHashQueue } from './hash-queue.ts'

/** OWASP's least: 19456 KiB, 2 iterations, parallelism 1. */
export interface PasswordSettings {
  readonly memoryKiB: number
  readonly iterations: number
  readonly parallelism: number
  readonly maxConcurrentHashes: number
}

export interface Passwords {
  hash(password: string): Promise<string>
  /**
   * Costs one argon2 call whether or not there is a hash; without one it is false. `owner` is whose
   * turn in the line it takes, such as a network.
   */
  verify(passwordHash: string | null, password: string, owner?: string): Promise<boolean>
  /** Whether the parameters rose since this hash was made. */
  isOutdated(passwordHash: string): boolean
}

/** Each argon2 call, as `{ operation: 'hash' | 'verify' }`, before it begins. */
export const argon2Calls = channel('sojourn:argon2')

/** argon2id off the event loop, so many at once and no more. */
export function createPasswords(settings: PasswordSettings): Passwords {
  const queued = createHashQueue(settings.maxConcurrentHashes)
  const parameters = {
    memoryCost: settings.memoryKiB,
    timeCost: settings.iterations,
    parallelism: settings.parallelism,
  }
  const nobody = hashOfNobody(settings)

  return {
    hash: (password) =>
      queued(() => {
        argon2Calls.publish({ operation: 'hash' })
        return hash(password, parameters)
      }),
    verify: (passwordHash, password, owner) =>
      queued(() => {
        argon2Calls.publish({ operation: 'verify' })
        return verify(passwordHash ?? nobody, password)
      }, owner),
    isOutdated: (passwordHash) => isWeaker(passwordHash, settings),
  }
}

/**
 * A hash of present parameters that no password has: its bytes are random, not computed.
 *
 * An unknown name is verified against it; an answer that came sooner would tell who has an account.
 * (After the parameters rose, so may the cheaper hash of who has not logged in since.)
 */
function hashOfNobody({ memoryKiB, iterations, parallelism }: PasswordSettings): string {
  const [salt, digest] = [16, 32].map(randomText)
  return `$argon2id$v=19$m=${memoryKiB},t=${iterations},p=${parallelism}$${salt}$${digest}`
}

function randomText(bytes: number): string {
  return makeSecret().toString('base64', 0, bytes).replace(/=+$/, '')
}

// An operator who lowers a parameter does not thereby weaken the hashes that exist.
function isWeaker(passwordHash: string, settings: PasswordSettings): boolean {
  const parameter = (name: string) => Number(passwordHash.match(`[$,]${name}=(\\d+)`)?.[1])
  return (
    parameter('m') < settings.memoryKiB ||
    parameter('t') < settings.iterations ||
    parameter('p') < settings.parallelism
  )
}
