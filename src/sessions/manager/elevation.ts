import type { ElevationId } from '../../ids.ts'

/** Permissions of one session until a time, beyond those of its roles. */
export interface Elevation {
  readonly id: ElevationId
  /** `asked` waits for a second person. */
  readonly state: 'asked' | 'granted' | 'refused'
  readonly permissions: readonly string[]
  readonly reason: string
  readonly endAt: Date
}

/** Where nothing else is said. */
export const DEFAULT_ELEVATION = 900
export const UNSPECIFIED = 'unspecified'
