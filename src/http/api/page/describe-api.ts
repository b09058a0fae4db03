import { API_SCOPE_WORDS, API_SCOPES, ownApi } from '../../../clients/own-api.ts'
import type { ErrorCode } from '../../../errors.ts'
import { PROBLEMS } from '../../middleware/problems.ts'
import type { Demand } from '../demand.ts'
import { openApiOf } from '../openapi.ts'
import type { Operation } from '../operation.ts'
import { describeSchemas, membersOf } from './describe-schema.ts'
import { exampleOf } from './example.ts'
import { curlOf, json } from './example-request.ts'
import {
  type Answer,
  type ApiModel,
  type OperationGroup,
  type ShownOperation,
  wordsOf,
} from './model.ts'
import { alternativesOf, nameOf, type Schema, type Schemas } from './schema.ts'

interface Described {
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string
        readonly content: Readonly<Record<string, { readonly schema: Schema }>>
      }
    >
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Schemas }
}

/** Which part of the API an operation belongs to, by where it is. */
const GROUPS: readonly (readonly [anchor: string, title: string, paths: RegExp])[] = [
  ['permissions', 'Permissions for a while', /permissions$|^\/elevations/],
  ['sessions', 'Sessions', /^\/sessions/],
  ['people', 'Sessions of a person', /^\/users/],
  ['own', 'Sessions of your own', /^\/me/],
  ['policies', 'Policies and roles', /./],
]

/** The readable page of the API, made of its OpenAPI document and so of the very schemas that judge requests. */
export function describeApi(operations: readonly Operation[], issuer: string): ApiModel {
  const document = openApiOf(operations, issuer) as unknown as Document
  const { schemas } = document.components
  const base = ownApi(issuer)
  const show = (operation: Operation) => {
    const described = document.paths[operation.path]![operation.method.toLowerCase()]!
    return describe(operation, described, { schemas, base })
  }
  return {
    base,
    tokenUrl: `${issuer}/oauth2/token`,
    descriptionHref: '/api/v1/openapi.json',
    tokenExample: `curl -u back-office:$SECRET ${issuer}/oauth2/token \\
  -d grant_type=client_credentials \\
  -d resource=${base} \\
  --data-urlencode "scope=sessions:create sessions:validate"`,
    scopes: API_SCOPES.map((name) => ({ name, meaning: API_SCOPE_WORDS[name] })),
    groups: grouped(operations, show),
    schemas: describeSchemas(schemas),
    errors: errorsOf(operations),
    errorExample: json({
      type: 'urn:sojourn:problem:session_not_found',
      title: PROBLEMS.session_not_found.title,
      status: PROBLEMS.session_not_found.status,
      detail: 'no such session',
      code: 'session_not_found',
      request_id: '8b0c9d52-6f1e-4f0a-9c35-2d7a3e51b6c4',
    }),
  }
}

function grouped(
  operations: readonly Operation[],
  show: (operation: Operation) => ShownOperation,
): readonly OperationGroup[] {
  const groupOf = ({ path }: Operation) => GROUPS.find(([, , paths]) => paths.test(path))!
  const order = [...GROUPS].sort(
    (a, b) => Number(b[0] === 'sessions') - Number(a[0] === 'sessions'),
  )
  return order.map(([anchor, title]) => ({
    anchor,
    title,
    operations: operations.filter((one) => groupOf(one)[0] === anchor).map(show),
  }))
}

function describe(
  operation: Operation,
  { parameters, requestBody, responses }: Described,
  at: { readonly schemas: Schemas; readonly base: string },
): ShownOperation {
  const { id, method, path, summary, scope, demands } = operation
  const body = requestBody?.content['application/json']?.schema
  const status = statusOf(responses)
  const output = responses[status]?.content['application/json']?.schema ?? {}
  const inputs = [
    { title: 'In the path', members: parametersIn('path', parameters) },
    { title: 'In the query', members: parametersIn('query', parameters) },
    { title: 'In the body', members: body ? membersOf(body, 'sent') : [] },
  ]
  return {
    id,
    method,
    path,
    summary,
    description: wordsOf(operation.description),
    scope,
    demand: demands ? demandWords(demands) : null,
    inputs: inputs.filter(({ members }) => members.length > 0),
    status,
    answer: answerOf(output),
    errors: Object.entries(responses)
      .filter(([one]) => !isGood(one))
      .map(([one, { description }]) => ({ status: one, codes: description.split(', ') })),
    request: curlOf({ method, path, body, query: parameters }, at),
    response: json(exampleOf(output, at.schemas)),
  }
}

function parametersIn(where: 'path' | 'query', parameters: Described['parameters']) {
  const some = parameters.filter((one) => one.in === where)
  const schema = {
    properties: Object.fromEntries(some.map((one) => [one.name, one.schema])),
    required: some.filter(({ required }) => required).map(({ name }) => name),
  }
  return membersOf(schema, 'sent')
}

function isGood(status: string): boolean {
  return status.startsWith('2')
}

/** Where there are two, that of the act: a look ahead has the other. */
function statusOf(responses: Described['responses']): string {
  return Object.keys(responses).filter(isGood).sort().at(-1) ?? '200'
}

function answerOf(output: Schema): Answer {
  const several = alternativesOf(output)
  const shapes = (several.length > 0 ? several : [output]).map(nameOf).filter((one) => one !== null)
  return { shapes, members: shapes.length > 0 ? [] : membersOf(output, 'told') }
}

function demandWords({ acr, maxAge }: Demand): string {
  const proof = maxAge === undefined ? 'a proof' : `a proof of the last ${maxAge / 60} minutes`
  return acr === undefined ? proof : `${proof}, at ${acr}`
}

/** Every code that some operation may answer with. */
function errorsOf(operations: readonly Operation[]): ApiModel['errors'] {
  const told = new Set<ErrorCode>([
    ...operations.flatMap(({ errors }) => errors),
    ...(['invalid_request', 'invalid_credentials', 'insufficient_scope'] as const),
    ...(['step_up_required', 'unavailable'] as const),
  ])
  return [...told].sort().map((code) => ({
    code,
    title: PROBLEMS[code].title,
    status: String(PROBLEMS[code].status),
  }))
}
