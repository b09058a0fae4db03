/** Where a session is used, as far as drift is judged by it. */
export interface Whereabouts {
  readonly address?: string
  /** /24 of IPv4, /48 of IPv6. */
  readonly network?: string
  /** ISO 3166-1, two letters. */
  readonly country?: string
  readonly deviceId?: string
  /** Browser and system in words; versions come and go. */
  readonly agent?: string
}

/** What a change calls for; in the order of strength. */
export type Reaction = 'none' | 'note' | 'step_up' | 'end'

export type DriftKind = 'network' | 'agent' | 'country' | 'device'

/** What each kind of change calls for. */
export interface DriftRules {
  readonly reactions: Readonly<Record<DriftKind, Reaction>>
  /** Record what would have happened, and let it pass. */
  readonly onlyRecord: boolean
}

export interface Drift {
  readonly kind: DriftKind
  readonly reaction: Reaction
}

/** Nobody is in another country so soon, but for who lives at a border: for them it is a note. */
const IMPOSSIBLE_SECONDS = 2 * 3600

const STRENGTH: readonly Reaction[] = ['none', 'note', 'step_up', 'end']

/**
 * How where a session is used now differs from where it was used last. What is not known on either
 * side is no change: a session goes on with limited context.
 *
 * A phone that leaves its Wi-Fi changes its network, and an IPv6 host its address, all day: that is
 * noted at most. Another device with the same token is what a copied token looks like.
 */
export function judgeDrift(
  before: Whereabouts,
  now: Whereabouts,
  {
    reactions,
    secondsSince,
  }: { readonly reactions: DriftRules['reactions']; readonly secondsSince: number },
): readonly Drift[] {
  const isSoon = secondsSince < IMPOSSIBLE_SECONDS
  const drifts: Drift[] = []
  const add = (kind: DriftKind, reaction: Reaction) => {
    if (reaction !== 'none') drifts.push({ kind, reaction })
  }
  if (differ(before.network, now.network)) add('network', reactions.network)
  if (differ(before.agent, now.agent)) add('agent', reactions.agent)
  if (differ(before.country, now.country))
    add('country', isSoon ? reactions.country : weakest(reactions.country, 'note'))
  if (differ(before.deviceId, now.deviceId)) add('device', reactions.device)
  return drifts
}

/** The strongest of what several changes call for. */
export function strongest(drifts: readonly Drift[]): Reaction {
  const found = drifts.map(({ reaction }) => STRENGTH.indexOf(reaction))
  return STRENGTH[Math.max(0, ...found)] ?? 'none'
}

function weakest(a: Reaction, b: Reaction): Reaction {
  return STRENGTH.indexOf(a) < STRENGTH.indexOf(b) ? a : b
}

function differ(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now
}
