import type { Attack, Headers, Message } from './wire.ts'

/** Makes an attack of a good request by one change. */
export type Make = (
  name: string,
  change: Partial<Message>,
  expected?: Attack['expected'],
  form?: Attack['form'],
) => Attack

export type WithHeaders = (headers: Headers) => Partial<Message>

/** Of each name that a route knows, and of some that nobody does. */
export function pairsOf(name: string): readonly string[] {
  return [
    `${name}=%00`,
    `${name}=%ED%A0%80`,
    `${name}=%`,
    `${name}=a&${name}=b`,
    `${name}[]=1`,
    `${name}[a]=1`,
    `${name}[__proto__][x]=1`,
    `${name}=-1`,
    `${name}=1e999`,
    `${name}=${'9'.repeat(60)}`,
    `${name}=%F0%9F%8F%A0%E2%80%AE`,
    `${name}=__proto__`,
    `${name}=constructor`,
    `${name}=%7B%22a%22%3A1%7D`,
    `${name}=${'a'.repeat(9000)}`,
    `${name}`,
    `${name}=+`,
    `%00${name}=1`,
  ]
}

/** What every object has, and no request should find. */
export const STRANGE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']
