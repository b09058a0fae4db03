import { z } from 'zod'
import { operation } from '../../../src/http/api/operation.ts'
import { describeApi } from '../../../src/http/api/page/describe-api.ts'
import { apiOperations } from '../../../src/http/api/routes.ts'
import { routeLabel } from '../../../src/http/middleware/route-label.ts'
import { expect, test } from './stage.ts'

const OPERATIONS = apiOperations({} as never)
const MODEL = describeApi(OPERATIONS, 'https://id.example')
const SHOWN = MODEL.groups.flatMap(({ operations }) => operations)

test.describe('the page of the API', () => {
  test('is for anybody, in any spelling of its address, and runs no script', async ({ node }) => {
    for (const path of ['/api/v1', '/api/v1/', '/API/V1']) {
      const page = await fetch(node.issuer + path)
      expect([path, page.status]).toEqual([path, 200])
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(page.headers.get('link')).toBe('</api/v1/openapi.json>; rel="service-desc"')
      const html = await page.text()
      expect(html).toContain(`${node.issuer}/api/v1`)
      expect(html).not.toContain('<script')
    }
    expect((await fetch(`${node.issuer}/api/v1`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${node.issuer}/api/v1`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${node.issuer}/api/v1/nothing`)).status).toBe(404)
  })

  test('has a place for everything that it points to', async ({ node }) => {
    const html = await (await fetch(`${node.issuer}/api/v1`)).text()
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const targets = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, target]) => target)
    expect(targets.length).toBeGreaterThan(100)
    expect(targets.filter((target) => !ids.has(target))).toEqual([])
    for (const { id } of OPERATIONS) expect(ids).toContain(id)
  })

  test('shows every operation once', () => {
    expect(SHOWN.map(({ id }) => id).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort())
  })

  for (const { id, path, input, output, errors } of OPERATIONS) {
    const shown = SHOWN.find((one) => one.id === id)!

    test(`has examples of ${id} that the API itself would take and give`, () => {
      const [, body] = /-d '(.*)'$/s.exec(shown.request) ?? []
      const [, address = ''] = /'(https:[^']+)'/.exec(shown.request) ?? []
      const { pathname, searchParams } = new URL(address)
      const form = new RegExp(`^/api/v1${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
      const given = {
        ...form.exec(pathname)?.groups,
        ...Object.fromEntries(searchParams),
        ...(body && JSON.parse(body)),
      }
      expect(input.safeParse(given).error).toBeUndefined()
      expect(output.safeParse(JSON.parse(shown.response)).error).toBeUndefined()
    })

    test(`tells what ${id} may be refused for`, () => {
      const told = shown.errors.flatMap(({ codes }) => codes)
      expect(told).toEqual(expect.arrayContaining(['invalid_credentials', ...errors]))
    })
  }
})

test('an answer that has several shapes names each of them, and shows the first', () => {
  const first = z.object({ word: z.string(), rest: z.object({}).loose() }).meta({ id: 'First' })
  const second = z.object({ number: z.int() }).meta({ id: 'Second' })
  const one = operation({
    id: 'either',
    method: 'POST',
    path: '/either',
    scope: 'sessions:read',
    summary: 'Either',
    input: z.object({}),
    output: z.union([first, second]),
    errors: [],
    handle: async () => ({ number: 1 }),
  })
  const model = describeApi([one], 'https://id.example')
  const [shown] = model.groups.flatMap(({ operations }) => operations)
  expect(shown).toMatchObject({
    status: '200',
    answer: { shapes: ['First', 'Second'], members: [] },
  })
  expect(JSON.parse(shown!.response)).toHaveProperty('word')
  const shape = model.schemas.find(({ name }) => name === 'First')
  expect(shape?.alternatives[0]?.members.map(({ name }) => name)).toEqual(['word', 'rest'])
})

test('every operation has a label of its own in the metrics', () => {
  for (const { path } of OPERATIONS)
    expect([path, routeLabel(`/api/v1${path.replaceAll(/[{}]/g, '')}`)]).not.toEqual([
      path,
      'other',
    ])
})
