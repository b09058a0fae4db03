import { expect, test } from 'playwright/test'
import { routeLabel } from '../../../src/http/middleware/route-label.ts'

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
  for (const [path, label] of labels) {
    test(`of ${path} is ${label}`, () => {
      expect(routeLabel(path)).toBe(label)
    })
  }
})
