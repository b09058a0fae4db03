import type { Resource } from '../../clients/resource.ts'

/** The resources that a grant is about as JSON, so that a token for one needs no second statement; `g` is "grant". */
export const GRANTED_RESOURCES = `(SELECT json_agg(json_build_object('id', r.id,
    'identifier', r.identifier, 'name', r.name, 'scopes', r.scopes,
    'tokenFormat', r.token_format, 'alg', r.alg, 'clientId', r.client_id))
  FROM resource r
  WHERE r.identifier IN (SELECT jsonb_object_keys(COALESCE(g.scopes->'resources', '{}'))))`

export type GrantedResources = readonly Resource[] | null
