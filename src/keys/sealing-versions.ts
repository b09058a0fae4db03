import { wipe } from '../crypto/secret.ts'

/** One version of a secret under which much is sealed. */
export interface VersionedSecret {
  readonly version: number
  readonly secret: Buffer
  /** Milliseconds until it seals; it opens at once. */
  readonly activeIn?: number
}

/** The versions at hand; more come and old ones go while others seal and open with them. */
export interface SealingVersions {
  /** The newest that has begun: what it seals, every node can open. */
  current(): number
  secretOf(version: number): Buffer | null
  /** Takes these as all that there are. */
  replace(secrets: readonly VersionedSecret[]): void
}

export function createSealingVersions(
  secrets: readonly VersionedSecret[],
  clock: () => number = () => performance.now(),
): SealingVersions {
  const held = new Map<number, { readonly secret: Buffer; readonly from: number }>()

  function replace(wanted: readonly VersionedSecret[]): void {
    const now = clock()
    const kept = new Set(wanted.map(({ version }) => version))
    for (const [version, { secret }] of held) {
      if (kept.has(version)) continue
      wipe(secret)
      held.delete(version)
    }
    for (const { version, secret, activeIn = 0 } of wanted)
      held.set(version, { secret, from: now + activeIn })
  }

  replace(secrets)
  return {
    current: () => {
      const now = clock()
      const begun = [...held].filter(([, { from }]) => from <= now).map(([version]) => version)
      return Math.max(...(begun.length > 0 ? begun : held.keys()))
    },
    secretOf: (version) => held.get(version)?.secret ?? null,
    replace,
  }
}
