/** What a session is given beyond its roles now, and until when; it has one such gift at a time. */
export interface Elevated {
  readonly permissions: readonly string[]
  readonly until: Date
}

/**
 * The same as one JSON value, for statements that join `session_check` as `c`; null for nearly all,
 * at the cost of one look into an index. Bounded by what the roles allow now, and not by what they
 * did when it was given.
 */
export const ELEVATED = `(
  SELECT json_build_object('until', v.end_at, 'permissions', ARRAY(
    SELECT p FROM unnest(v.permissions) p
    WHERE EXISTS (SELECT FROM role r WHERE r.workspace_id = c.workspace_id AND r.name = ANY(c.roles)
      AND (p = ANY(r.permissions) OR p = ANY(r.elevations)))))
  FROM elevation v
  WHERE v.session_id = c.session_id AND v.state = 'granted' AND v.end_at > statement_timestamp()
  LIMIT 1)`

export interface ElevatedColumn {
  readonly elevated: { readonly permissions: readonly string[]; readonly until: string } | null
}

export function toElevated({ elevated }: ElevatedColumn): Elevated | null {
  if (!elevated || elevated.permissions.length === 0) return null
  return { permissions: elevated.permissions, until: new Date(elevated.until) }
}
