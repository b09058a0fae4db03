import type { Page } from 'playwright/test'
import { expect, test } from './demo-test.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

function objections(page: Page): string[] {
  const found: string[] = []
  page.on('console', (message) => message.type() === 'error' && found.push(message.text()))
  page.on('pageerror', (error) => found.push(error.message))
  return found
}

test.describe('an open page', () => {
  test('leaves within a second of a logout elsewhere, without a click', async ({
    page,
    notes,
    provider,
  }) => {
    const objected = objections(page)
    const at = Math.floor(Date.now() / 1000)
    const logout_token = await provider.sign({
      iss: provider.issuer,
      aud: 'notes',
      iat: at,
      exp: at + 120,
      jti: 'j1',
      sub: 'ada',
      events: { [EVENT]: {} },
    })
    await Promise.all([page.waitForRequest(`${notes}/events`), page.goto(`${notes}/login`)])
    await expect(page.getByText('Ada Lovelace')).toBeVisible()

    const body = new URLSearchParams({ logout_token })
    await fetch(`${notes}/backchannel-logout`, { method: 'POST', body })

    await expect(page.getByRole('status')).toContainText('You were logged out', { timeout: 1000 })
    await expect(page.getByText('Ada Lovelace')).toHaveCount(0)
    expect(objected).toEqual([])
  })

  test('counts the life of its token, and can renew it', async ({ page, notes, provider }) => {
    const objected = objections(page)
    await page.goto(`${notes}/login`)
    const left = page.getByText(/\d min \d+ s left/)
    await expect(left).not.toHaveText(await left.innerText())

    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect.poll(() => provider.tokenRequests()).toBe(2)
    expect(objected).toEqual([])
  })

  test('takes a note, and shows it in its workspace alone', async ({ page, notes }) => {
    const objected = objections(page)
    await page.goto(`${notes}/login`)
    await page.getByText('Write a note').click()
    await page.getByLabel('Title').fill('Guests at noon')
    await page.getByLabel('Text').fill('Two of them')
    await page.getByRole('button', { name: 'Add the note' }).click()
    await expect(page.getByRole('heading', { name: 'Guests at noon' })).toBeVisible()

    await page.getByLabel('Workspace', { exact: true }).fill(' Old-Mill')
    await page.getByRole('button', { name: 'Switch' }).click()
    await expect(page.getByRole('heading', { name: 'Notes in old-mill' })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Guests at noon' })).toHaveCount(0)
    expect(objected).toEqual([])
  })
})
