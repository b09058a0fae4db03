import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { routeLabel } from '../../../src/http/middleware/route-label.ts'
import { ROUTES } from '../../../src/oidc/routes.ts'

test.describe('the label of a route', () => {
  const labels: readonly [string, string][] = [
    ['/', '/'],
    ['/oauth2/token', '/oauth2/token'],
    ['/OAuth2/Token/', '/oauth2/token'],
    ['/interaction/abc123', '/interaction/:uid'],
    ['/interaction/abc123/login', '/interaction/:uid/:step'],
    ['/oauth2/authorize/abc123', '/oauth2/authorize/:uid'],
    ['/assets/sojourn.0123.css', '/assets/:name'],
    ['/oauth2/token//', 'other'],
    ['/__proto__', 'other'],
    ['/interaction/a/b/c', 'other'],
    ['/wp-login.php', 'other'],
  ]
  test('is known for each address of the protocol and of our own pages', () => {
    const source = new URL('../../../src/http/', import.meta.url)
    const ours = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('routes.ts'))
      .flatMap((name) => [
        ...readFileSync(new URL(name, source), 'utf8').matchAll(/router\.\w+\('([^']+)'/g),
      ])
      .map(([, path = '']) => path.replaceAll(/:\w+/g, 'x'))
    expect(ours.length).toBeGreaterThan(10)
    for (const path of [...ours, ...Object.values(ROUTES)])
      expect([path, routeLabel(path)]).not.toEqual([path, 'other'])
  })

  for (const [path, label] of labels) {
    test(`of ${path} is ${label}`, () => {
      expect(routeLabel(path)).toBe(label)
    })
  }
})
