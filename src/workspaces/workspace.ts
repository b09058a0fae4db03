import type { WorkspaceId } from '../ids.ts'
import { isPlainText } from '../lib/text.ts'

/** A team's or project's isolated space. */
export interface Workspace {
  readonly id: WorkspaceId
  readonly slug: string
  readonly name: string
  readonly state: 'active' | 'archived'
  readonly createdAt: Date
}

const LONGEST_SLUG = 63
const LONGEST_NAME = 120

/** A label as DNS knows it, so that it may stand in a host name; no identifier (`wsp_…`) looks like one. */
export function isSlug(text: string): boolean {
  return text.length <= LONGEST_SLUG && /^[a-z0-9](-?[a-z0-9])*$/.test(text)
}

export function isWorkspaceName(text: string): boolean {
  return text.trim() !== '' && isPlainText(text, LONGEST_NAME)
}
