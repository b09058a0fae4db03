import { randomBytes } from 'node:crypto'

/** 256 random bits, as a cookie or a form can carry them. */
export function randomValue(): string {
  return randomBytes(32).toString('base64url')
}
