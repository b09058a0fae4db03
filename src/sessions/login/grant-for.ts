import { newId } from '../../ids.ts'
import type { Grant, GrantedScopes } from '../tokens/grant.ts'
import type { Foothold } from './foothold.ts'

/** All that a person has said yes to, in one workspace and for one client. */
interface Consented {
  readonly openid: readonly string[]
  readonly resources: Readonly<Record<string, readonly string[]>>
}

/** A grant as a request means to leave it. */
export interface WantedGrant extends Pick<Grant, 'id' | 'epoch' | 'scopes' | 'createdAt'> {
  readonly how: 'stands' | 'changes' | 'begins'
}

/** The grant of a client in a session, brought up to what is consented. */
export function grantFor(live: Foothold['grant'], consented: Consented, now: Date): WantedGrant {
  const scopes = grantedScopes(consented)
  if (!live) return { id: newId(), epoch: 0, scopes, createdAt: now, how: 'begins' }
  const stands = JSON.stringify(sorted(live.scopes)) === JSON.stringify(sorted(scopes))
  return { ...live, scopes, how: stands ? 'stands' : 'changes' }
}

function grantedScopes({ openid, resources }: Consented): GrantedScopes {
  const byResource = Object.entries(resources).map(([name, list]) => [
    name,
    [...list].sort().join(' '),
  ])
  return {
    openid: { scope: [...openid].sort().join(' ') },
    resources: Object.fromEntries(byResource.sort(([a = ''], [b = '']) => a.localeCompare(b))),
  }
}

// The database keeps JSON objects in an order of its own.
function sorted({ openid, resources }: GrantedScopes) {
  const entries = Object.entries(resources ?? {}).sort(([a], [b]) => a.localeCompare(b))
  return [openid?.scope ?? '', entries]
}
