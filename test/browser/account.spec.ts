import type { BrowserContext, Page } from 'playwright/test'
import { IPHONE } from '../http/account/person.ts'
import { expect, test } from './demonstration.ts'
import { enter, follow, logIn, press, sessionsHere } from './steps.ts'

test.describe('a person with two browsers', () => {
  test('sees the other one, and logs it out from here', async ({
    page,
    browser,
    demonstration: { notes, issuer },
    newcomer,
  }) => {
    const person = await newcomer('atelier')
    await enter(page, notes, person)
    const phone = await onPhone(await browser.newContext({ userAgent: IPHONE }), notes, person)

    await page.goto(`${issuer}/account`)
    await expect(others(page)).toContainText('Safari on iPhone')
    await expect(others(page)).toContainText('Atelier Nord')
    await press(page, 'Log out Safari on iPhone')
    await expect(others(page)).toContainText('You are logged in nowhere else.')
    await expect(phone.getByRole('status')).toContainText('You were logged out')
    await phone.goto(`${issuer}/account`)
    await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Log in')
    await phone.context().close()
    await page.goto(notes)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in atelier')
  })

  test('ends a single session there', async ({
    page,
    browser,
    demonstration: { notes, issuer },
    newcomer,
  }) => {
    const person = await newcomer('atelier')
    await enter(page, notes, person)
    const phone = await onPhone(await browser.newContext({ userAgent: IPHONE }), notes, person)
    await page.goto(`${issuer}/account`)
    await press(page, 'End the session in Atelier Nord on Safari on iPhone')
    await expect(others(page)).toContainText('No workspace is open there.')
    await expect(phone.getByRole('status')).toContainText('You were logged out')
    await expect(sessionsHere(page)).toContainText('Atelier Nord')
    await phone.context().close()
  })

  test('confirms it after a while, and nothing of it is lost', async ({
    page,
    browser,
    demonstration: { notes, issuer, pass },
    newcomer,
  }) => {
    const person = await newcomer('atelier')
    await enter(page, notes, person)
    const phone = await onPhone(await browser.newContext({ userAgent: IPHONE }), notes, person)
    await pass('11m')
    await page.goto(`${issuer}/account`)
    await press(page, 'Log out everywhere else')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm it is you')
    await expect(page.getByLabel('Logged in as')).toHaveValue(person.username)
    await page.getByLabel('Password').fill('not the right one at all')
    await press(page, 'Confirm')
    await page.getByRole('alert').waitFor()
    await expect(phone.getByRole('button', { name: 'Log out' })).toBeVisible()
    await page.getByLabel('Password').fill(person.password)
    await press(page, 'Confirm')
    await expect(others(page)).toContainText('You are logged in nowhere else.')
    await expect(phone.getByRole('status')).toContainText('You were logged out')
    await phone.context().close()
  })

  test('logs out of both at once', async ({
    page,
    browser,
    demonstration: { notes, issuer },
    newcomer,
  }) => {
    const person = await newcomer('atelier')
    await enter(page, notes, person)
    const phone = await onPhone(await browser.newContext({ userAgent: IPHONE }), notes, person)
    await page.goto(`${issuer}/account`)
    await press(page, 'Log out everywhere')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are logged out')
    await expect(phone.getByRole('status')).toContainText('You were logged out')
    await phone.context().close()
  })
})

test.describe('a yes', () => {
  test('is read and taken back, and the application asks again', async ({
    page,
    demonstration: { notes, issuer },
    newcomer,
  }) => {
    await enter(page, notes, await newcomer('atelier'))
    await page.goto(`${issuer}/account`)
    const given = page.getByRole('region', { name: 'Applications you said yes to' })
    await given.getByText('What it may do').click()
    await expect(given).toContainText('Your email address, and whether it is confirmed')
    await press(page, 'Withdraw what Notes may do in Atelier Nord')
    await expect(given).toContainText('You have let no application in.')
    await page.goto(`${notes}/login?workspace=atelier`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let Notes into Atelier Nord?')
  })
})

function others(page: Page) {
  return page.getByRole('region', { name: 'Other browsers and devices' })
}

/** The same person at Notes, which they have let in before, in a browser of their telephone. */
async function onPhone(
  context: BrowserContext,
  notes: string,
  person: { readonly username: string; readonly password: string },
): Promise<Page> {
  const phone = await context.newPage()
  await phone.goto(notes)
  await follow(phone, 'Log in')
  await logIn(phone, person)
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Notes in atelier')
  return phone
}
