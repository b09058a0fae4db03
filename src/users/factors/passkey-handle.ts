import type { UserId } from '../../ids.ts'

/** What authenticators know a person by: the 16 bytes of their identifier, which say nothing of them. */
export function handleOf(userId: UserId): Buffer {
  return Buffer.from(userId.replaceAll('-', ''), 'hex')
}
