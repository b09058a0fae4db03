import { ownApi } from '../../../src/clients/own-api.ts'
import type { Operation } from '../../../src/http/api/operation.ts'
import { apiOperations } from '../../../src/http/api/routes.ts'
import { expect, serviceIn, test } from './stage.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const LONG = 'a'.repeat(50_000)

const BODIES: readonly (readonly [string, BodyInit, Record<string, string>])[] = [
  ['nothing', '', JSON_TYPE],
  ['no JSON', '{', JSON_TYPE],
  ['a list', '[]', JSON_TYPE],
  ['null', 'null', JSON_TYPE],
  ['a number', '7', JSON_TYPE],
  ['a null byte', '{"session_token":"a\\u0000b","user_id":"a\\u0000b"}', JSON_TYPE],
  ['a lone surrogate', '{"session_token":"\\ud800","user_id":"\\ud800"}', JSON_TYPE],
  ['a lone surrogate for a name', '{"\\ud800":1}', JSON_TYPE],
  ['wrong types', '{"session_token":{},"user_id":[],"permissions":7,"rules":[]}', JSON_TYPE],
  ['prototypes', '{"__proto__":{"session_token":"x"},"constructor":1}', JSON_TYPE],
  ['much', JSON.stringify({ session_token: LONG, user_id: LONG, reason: LONG }), JSON_TYPE],
  ['too much', JSON.stringify({ session_token: LONG + LONG }), JSON_TYPE],
  ['bytes', Buffer.from([0xff, 0xfe, 0x7b]), JSON_TYPE],
  ['a form', 'session_token=x', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['no type', '{}', {}],
]

const QUERIES = [
  '?limit=-1',
  '?limit=1e9',
  '?limit=x',
  '?user=a&user=b',
  '?user=%00',
  '?user=%ff',
  '?cursor=ses_',
  `?address=${'9'.repeat(3_000)}`,
  '?workspace[]=x',
  '?state=dead',
]
const PARTS = ['ses_x', '%00', '..%2f..', '%F0%9F%92%A9', 'x'.repeat(2_000), 'wsp_x', 'usr_x']

test('no operation of the API answers bad input with a fault', async ({ node, given }) => {
  const workspace = await given.workspace()
  const { token } = await serviceIn({ node, given }, [workspace])
  const operations = apiOperations(node.services)
  expect(operations.length).toBeGreaterThan(15)

  const faults: unknown[] = []
  for (const operation of operations)
    for (const [what, request] of attacksOn(operation, token)) {
      const { url, ...init } = request
      const answer = await fetch(ownApi(node.issuer) + url, init)
      const isProblem = /problem\+json/.test(answer.headers.get('content-type') ?? '')
      const isFine = answer.status < 400 || (answer.status < 500 && isProblem)
      if (!isFine) faults.push([operation.id, what, answer.status, await answer.text()])
      else await answer.arrayBuffer()
    }
  expect(faults).toEqual([])
})

test('no operation answers without a token that is good here', async ({ node, given }) => {
  const { token } = await serviceIn({ node, given }, [await given.workspace()])
  for (const operation of apiOperations(node.services))
    for (const shown of ['', 'Bearer', 'Bearer x', `Basic ${token}`, `Bearer ${token}x`]) {
      const path = operation.path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await fetch(ownApi(node.issuer) + path, {
        method: operation.method,
        headers: { ...JSON_TYPE, ...(shown && { authorization: shown }) },
        ...(takesBody(operation) && { body: '{}' }),
      })
      expect([operation.id, shown, answer.status]).toEqual([operation.id, shown, 401])
      expect(answer.headers.get('www-authenticate')).toContain(`scope="${operation.scope}"`)
    }
})

type Attack = readonly [string, RequestInit & { readonly url: string }]

function attacksOn(operation: Operation, token: string): readonly Attack[] {
  const headers = { authorization: `Bearer ${token}` }
  const { method } = operation
  const at = (part: string) => operation.path.replaceAll(/\{\w+\}/g, part)
  const parts = operation.path.includes('{') ? PARTS : []
  const body = takesBody(operation)
    ? { body: '{}', headers: { ...headers, ...JSON_TYPE } }
    : { headers }
  return [
    ...parts.map((part): Attack => [part, { url: at(part), method, ...body }]),
    ...QUERIES.map((query): Attack => [query, { url: at('x') + query, method, ...body }]),
    ...(takesBody(operation)
      ? BODIES.map(
          ([what, sent, type]): Attack => [
            what,
            { url: at('x'), method, body: sent, headers: { ...headers, ...type } },
          ],
        )
      : []),
  ]
}

function takesBody({ method }: Operation): boolean {
  return method !== 'GET' && method !== 'DELETE'
}
