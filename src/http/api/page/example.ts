import { alternativesOf, nullable, resolved, type Schema, type Schemas } from './schema.ts'

/** Values that read like real ones, by the name of the member that they stand for. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  session_token: 'eyJhbGciOiJIUzI1NiIsImtpZCI6InNlc18…',
  session_id: 'ses_01kav4q6f2e8rsy6m5b0wvd3zt',
  session: 'ses_01kav4q6f2e8rsy6m5b0wvd3zt',
  ended: ['ses_01kav4q6f2e8rsy6m5b0wvd3zt'],
  next_cursor: null,
  workspace_id: 'wsp_01kav4n0c9f3d8t2q6j7h5xk1m',
  workspace_slug: 'foundry',
  workspace: 'foundry',
  user_id: 'user123',
  user: 'user123',
  client_id: 'cli_01kav4m2p7x9d4s8f6w3n5q0zb',
  login_id: null,
  evicted: ['ses_01kav2c9f3h6k8m1p4r7t0v5xy'],
  client: 'back-office',
  clients: ['back-office'],
  kind: 'api',
  state: 'granted',
  role: 'editor',
  roles: ['editor'],
  permissions: ['invoices:approve'],
  elevations: ['invoices:approve'],
  elevation: 'elv_01kav5d1r8t3y6u9w2q4e7s0xz',
  elevation_id: 'elv_01kav5d1r8t3y6u9w2q4e7s0xz',
  reason: 'Month end',
  acr: 'urn:sojourn:aal2',
  amr: ['pwd', 'otp', 'mfa'],
  ip_address: '203.0.113.77',
  address: '203.0.113.77',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
  device_id: 'device-1',
  country: 'DE',
  countries: ['DE'],
  city: 'Hamburg',
  duration: 42.5,
  lifetime: 900,
  created_at: '2026-11-25T09:00:00Z',
  auth_time: '2026-11-25T08:59:41Z',
  last_seen_at: '2026-11-25T09:41:12Z',
  last_activity: '2026-11-25T09:41:12Z',
  idle_end_at: '2026-11-25T10:11:12Z',
  absolute_end_at: '2026-11-26T09:00:00Z',
  token_expires_at: '2026-11-25T17:00:00Z',
  elevated_until: null,
  subject: '',
  level: 'server',
  value: 1800,
  idle_timeout: 1800,
  max_session_duration: 86_400,
  absolute_timeout: 604_800,
  token_lifetime: 28_800,
  max_renewals: 10,
  max_elevation: 28_800,
  elevation_reason: true,
  elevation_approval: false,
}

const INSTANT = '2026-11-25T16:30:00Z'

/** A value that fits a schema, for people to look at; optional members of an input are left out. */
export function exampleOf(schema: Schema, schemas: Schemas, name = ''): unknown {
  const { schema: given } = nullable(schema)
  if (name in BY_NAME && fits(BY_NAME[name], resolved(given, schemas), schema)) return BY_NAME[name]
  const one = resolved(given, schemas)
  const [first] = alternativesOf(one)
  if (first) return exampleOf(first, schemas, name)
  if (one.const !== undefined) return one.const
  if (one.enum) return one.enum[0]
  if (one.default !== undefined) return one.default
  switch (one.type) {
    case 'array':
      return [exampleOf(one.items ?? {}, schemas, name)]
    case 'object':
      return exampleObject(one, schemas)
    case 'integer':
    case 'number':
      return Math.max(one.minimum ?? 0, 0)
    case 'boolean':
      return false
    default:
      return one.format === 'date-time' ? INSTANT : name
  }
}

function exampleObject(schema: Schema, schemas: Schemas): object {
  const { properties = {}, additionalProperties, propertyNames } = schema
  const members = Object.entries(properties)
  if (typeof additionalProperties === 'object' && members.length === 0)
    return namedExamples(additionalProperties, propertyNames?.enum, schemas)
  return Object.fromEntries(members.map(([name, inner]) => [name, exampleOf(inner, schemas, name)]))
}

/** Of an object whose names are not its schema's. */
function namedExamples(each: Schema, known: Schema['enum'], schemas: Schemas): object {
  const names = (known ?? ['expired']).map(String)
  return Object.fromEntries(names.map((name) => [name, named(exampleOf(each, schemas), name)]))
}

function named(example: unknown, name: string): unknown {
  const isValued = typeof example === 'object' && example !== null && 'value' in example
  return isValued && name in BY_NAME ? { ...example, value: BY_NAME[name] } : example
}

/** A member may have a name that stands for something else elsewhere. */
function fits(
  value: unknown,
  { type, enum: known, anyOf, oneOf }: Schema,
  schema: Schema,
): boolean {
  if (anyOf || oneOf) return true
  if (value === null) return nullable(schema).isNullable
  if (known) return known.includes(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer' || type === 'number') return typeof value === 'number'
  return type === undefined || [type].flat().includes(typeof value)
}

/** The same of what is sent: what must be there, and what people ask with most. */
export function exampleInput(schema: Schema, schemas: Schemas): object {
  const { properties = {}, required = [] } = schema
  const wanted = Object.keys(properties).filter(
    (name) => required.includes(name) || SHOWN.has(name),
  )
  const some = Object.fromEntries(wanted.map((name) => [name, properties[name]!]))
  return exampleObject({ properties: some }, withBriefContext(schemas))
}

const SHOWN: ReadonlySet<string> = new Set(['context', 'lifetime', 'reason', 'permissions'])

/** Nobody knows all of it. */
function withBriefContext(schemas: Schemas): Schemas {
  const context = schemas.SessionContext
  if (!context) return schemas
  const { ip_address, user_agent } = context.properties ?? {}
  const brief = { ...(ip_address && { ip_address }), ...(user_agent && { user_agent }) }
  return { ...schemas, SessionContext: { ...context, properties: brief } }
}
