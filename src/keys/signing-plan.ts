/** The life of a signing key; every instant is set before it comes, so all nodes see the same. */
export interface SigningKeyTimes {
  readonly kid: string
  readonly publishedAt: Date
  readonly activeAt: Date
  readonly retiredAt: Date | null
  readonly removedAt: Date | null
}

/** Seconds, each. */
export interface SigningPolicy {
  /** How long a key signs. */
  readonly rotation: number
  /** How long a verifier may keep the key set without asking again: its `max-age`. */
  readonly jwksMaxAge: number
  /** How long anything that is signed may be shown to somebody. */
  readonly maxTokenLifetime: number
  /** How old a node's view of the keys may be; nodes load them anew more often than this. */
  readonly margin: number
}

export interface RotationPlan {
  readonly publish: { readonly publishedAt: Date; readonly activeAt: Date } | null
  readonly retire: {
    readonly kid: string
    readonly retiredAt: Date
    readonly removedAt: Date
  } | null
}

const NOTHING: RotationPlan = { publish: null, retire: null }

/**
 * What must happen now so that one key signs at each instant, and no verifier ever lacks a key.
 *
 * A verifier that fetched the set just before a publication may use it for `max-age`: so a new key
 * signs only when all such copies are over. A token signed in the last moment of a key lives its
 * whole life, and so does a copy of the set: so a key is removed when both are over.
 */
export function planRotation(
  keys: readonly SigningKeyTimes[],
  now: Date,
  policy: SigningPolicy,
): RotationPlan {
  const newest = newestOf(keys)
  if (!newest) return { publish: { publishedAt: now, activeAt: now }, retire: null }
  const due = later(newest.activeAt, policy.rotation - leadOf(policy))
  return now < due ? NOTHING : planRotationNow(keys, now, policy)
}

/** The same at an operator's wish: announced at once, active as soon as every verifier knows it. */
export function planRotationNow(
  keys: readonly SigningKeyTimes[],
  now: Date,
  policy: SigningPolicy,
): RotationPlan {
  const newest = newestOf(keys)
  if (!newest) return planRotation(keys, now, policy)
  if (newest.activeAt > now) return NOTHING

  const activeAt = later(now, leadOf(policy))
  const kept = policy.margin + policy.maxTokenLifetime + policy.jwksMaxAge
  return {
    publish: { publishedAt: now, activeAt },
    retire: { kid: newest.kid, retiredAt: activeAt, removedAt: later(activeAt, kept) },
  }
}

/** The one key that signs at this instant. */
export function activeKey<K extends SigningKeyTimes>(keys: readonly K[], now: Date): K | null {
  return keys.find((key) => key.activeAt <= now && !isPast(key.retiredAt, now)) ?? null
}

/** The keys that verifiers are told of at this instant. */
export function publishedKeys<K extends SigningKeyTimes>(keys: readonly K[], now: Date): K[] {
  return keys.filter((key) => key.publishedAt <= now && !isPast(key.removedAt, now))
}

/** Keys retired before this moment will never sign again, on no node. */
export function spentBefore(now: Date, { margin }: SigningPolicy): Date {
  return later(now, -margin)
}

function newestOf(keys: readonly SigningKeyTimes[]): SigningKeyTimes | null {
  return keys.find(({ retiredAt }) => retiredAt === null) ?? null
}

function leadOf({ jwksMaxAge, margin }: SigningPolicy): number {
  return jwksMaxAge + margin
}

function isPast(instant: Date | null, now: Date): boolean {
  return instant !== null && instant <= now
}

function later(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000)
}
