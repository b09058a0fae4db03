import { z } from 'zod'
import { API_SCOPE_WORDS, API_SCOPES } from '../../clients/own-api.ts'
import type { ErrorCode } from '../../errors.ts'
import { PROBLEMS } from '../middleware/problems.ts'
import type { Operation } from './operation.ts'

type Json = Record<string, unknown>

/** What any operation may answer with. */
const ALWAYS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_credentials',
  'insufficient_scope',
  'unavailable',
]

/** The API as OpenAPI 3.1 describes it, made of the very schemas that judge its requests. */
export function openApiOf(operations: readonly Operation[], issuer: string): Json {
  const components = new Map<string, Json>()
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = paths[operation.path] ?? {}
    path[operation.method.toLowerCase()] = describe(operation, components)
    paths[operation.path] = path
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sojourn sessions',
      version: '1',
      description:
        'Make, check, renew and end sessions. Every call shows an access token for this API (OAuth 2.0, RFC 6750), got with `resource` as below.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${issuer}/api/v1` }],
    security: [{ oauth: [] }],
    paths,
    components: {
      schemas: { Problem: PROBLEM, ...Object.fromEntries(components) },
      securitySchemes: { oauth: securityOf(issuer) },
    },
  }
}

function securityOf(issuer: string): Json {
  const scopes = Object.fromEntries(API_SCOPES.map((scope) => [scope, API_SCOPE_WORDS[scope]]))
  return {
    type: 'oauth2',
    flows: {
      clientCredentials: { tokenUrl: `${issuer}/oauth2/token`, scopes },
      authorizationCode: {
        authorizationUrl: `${issuer}/oauth2/authorize`,
        tokenUrl: `${issuer}/oauth2/token`,
        scopes,
      },
    },
  }
}

function describe(operation: Operation, components: Map<string, Json>): Json {
  const input = schemaOf(operation.input, 'input', components)
  const properties = (input.properties ?? {}) as Json
  const required = (input.required ?? []) as string[]
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name))
  const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE'
  const parameter = (name: string, where: 'path' | 'query') => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: properties[name],
  })

  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    security: [{ oauth: [operation.scope] }],
    parameters: [
      ...inPath.map((name) => parameter(name, 'path')),
      ...(hasBody ? [] : rest.map((name) => parameter(name, 'query'))),
    ],
    ...(hasBody && { requestBody: bodyOf(pick(input, rest)) }),
    responses: {
      ...answersOf(operation, components),
      ...problemsOf([
        ...ALWAYS,
        ...(operation.demands ? (['step_up_required'] as const) : []),
        ...operation.errors,
      ]),
    },
  }
}

function answersOf({ status = 200, output }: Operation, components: Map<string, Json>): Json {
  const schema = schemaOf(output, 'output', components)
  const answer = { description: 'Done', content: { 'application/json': { schema } } }
  const statuses = typeof status === 'function' ? [200, 201] : [status]
  return Object.fromEntries(statuses.map((one) => [String(one), answer]))
}

function bodyOf(schema: Json): Json {
  const required = ((schema.required ?? []) as string[]).length > 0
  return { required, content: { 'application/json': { schema } } }
}

function pick(schema: Json, names: readonly string[]): Json {
  const properties = (schema.properties ?? {}) as Json
  const required = ((schema.required ?? []) as string[]).filter((name) => names.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    ...(required.length > 0 && { required }),
  }
}

/** One answer for each status, with the codes that it may carry. */
function problemsOf(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set(codes)) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      String(status),
      {
        description: some.join(', '),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  )
}

/** Schemas with a name stand among the components once, and are referred to. */
function schemaOf(type: z.ZodType, io: 'input' | 'output', components: Map<string, Json>): Json {
  const {
    $schema: _,
    $defs = {},
    ...schema
  } = z.toJSONSchema(type, { io, reused: 'inline' }) as Json
  for (const [name, definition] of Object.entries($defs as Record<string, Json>))
    components.set(name, pointed(definition) as Json)
  const pointedTo = pointed(schema) as Json
  const { id, ...named } = pointedTo
  if (typeof id !== 'string') return pointedTo
  components.set(id, named)
  return { $ref: `#/components/schemas/${id}` }
}

function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' ? String(inner).replace('#/$defs/', '#/components/schemas/') : pointed(inner),
    ]),
  )
}

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    request_id: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'code', 'request_id'],
}
