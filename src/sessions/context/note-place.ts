import type { SessionId } from '../../ids.ts'
import type { FiguresKeeper } from '../manager/figures.ts'
import type { Context } from './context.ts'
import { contextHash } from './context-hash.ts'
import type { ContextDeps } from './keep-context.ts'
import { prefixOf } from './whereabouts.ts'

export interface NotePlaceDeps extends Pick<ContextDeps, 'serverKeys' | 'locate'> {
  readonly figures: Pick<FiguresKeeper, 'notePlace'>
}

/** Counts a place among those where a session was used; devices and networks by keyed hashes alone. */
export function notePlace(
  { serverKeys, locate, figures }: NotePlaceDeps,
  id: SessionId,
  { address, deviceId, country }: Context,
): void {
  const hex = (kind: 'device' | 'network', value: string | null | undefined) =>
    value ? contextHash(serverKeys, kind, value).toString('hex') : null
  figures.notePlace(id, {
    device: hex('device', deviceId),
    network: hex('network', address && prefixOf(address)),
    country: country ?? (address ? locate(address) : null),
  })
}
