import { createLocalJWKSet, jwtVerify } from 'jose'
import { type Party, send } from '../support/relying-party.ts'

const PATH = '/.well-known/jwks.json'

/** A key set as one verifier fetched it, which it uses for its whole `max-age`. */
export interface KeySetCopy {
  readonly text: string
  readonly kids: readonly string[]
  readonly fetchedAt: number
  readonly usableUntil: number
}

export async function fetchKeySet(node: Pick<Party, 'issuer' | 'via'>): Promise<KeySetCopy> {
  const { text, headers } = await send(node, { method: 'GET', path: PATH, headers: {} })
  const [, seconds] = /^public, max-age=(\d+)$/.exec(headers['cache-control'] ?? '') ?? []
  if (!seconds) throw new Error(`the key set may not be cached: ${headers['cache-control']}`)
  const { keys } = JSON.parse(text) as { keys: { kid: string }[] }
  const fetchedAt = performance.now()
  const usableUntil = fetchedAt + Number(seconds) * 1000
  return { text, kids: keys.map(({ kid }) => kid), fetchedAt, usableUntil }
}

export interface Issued {
  readonly token: string
  readonly kid: string
  readonly alg: string
  readonly audience: string
}

interface Failure {
  readonly kid: string
  /** Milliseconds since the verifier fetched what it knows. */
  readonly age: number
  readonly reason: unknown
}

/**
 * Verifiers that began at many moments; none fetches again while its copy lasts, whatever it is
 * shown. What one of them would have refused at any time is among the failures.
 */
export function createVerifiers(issuer: string) {
  const copies: KeySetCopy[] = []
  const failures: Failure[] = []
  const firstSeen = new Map<string, number>()
  const firstUsed = new Map<string, number>()
  const latest = new Map<string, Issued>()
  let shown = 0

  async function judge(copy: KeySetCopy, { token, kid, alg, audience }: Issued): Promise<void> {
    shown += 1
    const keys = createLocalJWKSet(JSON.parse(copy.text))
    await jwtVerify(token, keys, { issuer, audience, algorithms: [alg] }).catch((reason) => {
      failures.push({ kid, age: performance.now() - copy.fetchedAt, reason })
    })
  }

  return {
    failures,
    shown: () => shown,
    /** One more verifier, which meets what was issued before and is still in life. */
    begin: async (copy: KeySetCopy): Promise<void> => {
      const isNews = !copies.some(({ text }) => text === copy.text)
      copies.push(copy)
      for (const kid of copy.kids) if (!firstSeen.has(kid)) firstSeen.set(kid, copy.fetchedAt)
      if (isNews) for (const issued of latest.values()) await judge(copy, issued)
    },
    /** Shows a token to all whose copy lasts. */
    show: async (issued: Issued): Promise<void> => {
      const now = performance.now()
      if (!firstUsed.has(issued.kid)) firstUsed.set(issued.kid, now)
      latest.set(issued.kid, issued)
      const usable = copies.filter(({ usableUntil }) => usableUntil > now)
      if (usable.length === 0) throw new Error('nobody looks')
      for (const copy of distinct(usable)) await judge(copy, issued)
    },
    /** The keys that have signed. */
    used: (alg: string): string[] =>
      [...latest.values()].filter((issued) => issued.alg === alg).map(({ kid }) => kid),
    /** For how many milliseconds each key was to be seen before it signed; not the very first ones. */
    notices: (): number[] =>
      [...firstUsed]
        .filter(([kid]) => !copies[0]?.kids.includes(kid))
        .map(([kid, at]) => at - (firstSeen.get(kid) ?? Number.POSITIVE_INFINITY)),
  }
}

/** One of each kind: copies of the same text judge alike. */
function distinct(copies: readonly KeySetCopy[]): KeySetCopy[] {
  return [...new Map(copies.map((copy) => [copy.text, copy])).values()]
}
