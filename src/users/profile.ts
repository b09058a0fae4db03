import { z } from 'zod'
import { isPlainText } from '../lib/text.ts'

/** What is known of a person beyond their name at login; nothing of it is proof of anything. */
export interface Profile {
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly emailVerified: boolean
  readonly phoneNumber: string | null
  readonly phoneVerified: boolean
  readonly address: Address | null
  readonly locale: string | null
}

/** OpenID Connect Core §5.1.1, whose names are told as they are. */
export interface Address {
  readonly formatted?: string | undefined
  readonly street_address?: string | undefined
  readonly locality?: string | undefined
  readonly region?: string | undefined
  readonly postal_code?: string | undefined
  readonly country?: string | undefined
}

const line = z
  .string()
  .min(1)
  .refine((text) => isPlainText(text, 255), 'is not one line of text')
// The only member with lines (OpenID Connect Core §5.1.1: "\r\n" or "\n").
const lines = z
  .string()
  .min(1)
  .refine((text) => isPlainText(text.replaceAll(/\r?\n/g, ' '), 1000), 'is not text')

const address = z
  .strictObject({
    formatted: lines,
    street_address: lines,
    locality: line,
    region: line,
    postal_code: line,
    country: line,
  })
  .partial()

/** A profile as an operator or an API gives it; what is left out is unknown. */
export const profileInput = z.strictObject({
  name: line.nullable().default(null),
  givenName: line.nullable().default(null),
  familyName: line.nullable().default(null),
  email: z.email().max(254).nullable().default(null),
  emailVerified: z.boolean().default(false),
  // OpenID Connect Core §5.1 recommends E.164.
  phoneNumber: z.e164().nullable().default(null),
  phoneVerified: z.boolean().default(false),
  address: address.nullable().default(null),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$/, 'is no language tag (BCP 47)')
    .nullable()
    .default(null),
})

export type ProfileInput = z.input<typeof profileInput>
