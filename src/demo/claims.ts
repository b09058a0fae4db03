import { z } from 'zod'
import { Refusal } from './refusal.ts'
import type { Person, Workspace } from './visit.ts'

const IdTokenClaims = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  workspace_id: z.string().min(1),
  workspace_slug: z.string().min(1),
  workspace_roles: z.array(z.string()).default([]),
  session_expiry: z.number().positive().optional(),
})
const UserInfo = z.object({
  sub: z.string().min(1),
  name: z.string().optional(),
  email: z.string().optional(),
})

export interface Claims {
  readonly sub: string
  readonly sid: string
  readonly workspace: Workspace
  readonly sessionExpiresAt: Date | null
}

/** Reads what this application lives on; a provider that says nothing about a session or workspace is of no use. */
export function parseClaims(idTokenClaims: unknown): Claims {
  const parsed = IdTokenClaims.safeParse(idTokenClaims)
  if (!parsed.success) throw new Refusal('incomplete_answer', { cause: parsed.error })
  const { sub, sid, workspace_id, workspace_slug, workspace_roles, session_expiry } = parsed.data
  return {
    sub,
    sid,
    workspace: { id: workspace_id, slug: workspace_slug, roles: workspace_roles },
    sessionExpiresAt: session_expiry === undefined ? null : new Date(session_expiry * 1000),
  }
}

/** A person's name and address, empty where they keep them to themselves. */
export function parsePerson(userInfo: unknown): Person {
  const parsed = UserInfo.safeParse(userInfo)
  if (!parsed.success) throw new Refusal('incomplete_answer', { cause: parsed.error })
  const { sub, name = '', email = '' } = parsed.data
  return { sub, name, email }
}
