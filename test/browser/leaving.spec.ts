import type { Page } from 'playwright/test'
import { expect, test } from './demonstration.ts'
import { choose, enter, follow, logIn, press, sessionShown, sessionsHere } from './steps.ts'

test.describe('leaving one workspace', () => {
  test('by the page for it ends that session alone', async ({
    page: notes,
    context,
    demonstration,
    newcomer,
  }) => {
    const billing = await enterTwo(notes, demonstration, await newcomer('atelier', 'borealis'))
    const page = await context.newPage()
    await page.goto(`${demonstration.issuer}/oauth2/logout?client_id=notes`)
    await page.getByRole('button', { name: 'Leave only Atelier Nord' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You left Atelier Nord')
    await expect(notes.getByRole('status')).toContainText('You were logged out')

    await press(billing, 'Refresh now')
    await expect(billing.getByRole('heading', { level: 1 })).toHaveText('Invoices of borealis')
    await follow(page, 'Your account')
    await expect(sessionsHere(page)).toHaveCount(1)
    await expect(sessionsHere(page)).toContainText('Borealis Research')
  })

  test('is possible where one application is open in two', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    await page.goto(`${demonstration.notes}/login?workspace=atelier`)
    await logIn(page, await newcomer('atelier', 'borealis'))
    await press(page, 'Allow')
    await page.goto(`${demonstration.notes}/login?workspace=borealis`)
    await press(page, 'Allow')
    await page.goto(`${demonstration.issuer}/oauth2/logout?client_id=notes`)
    await page.getByRole('button', { name: 'Leave only Atelier Nord' }).click()
    await follow(page, 'Back to Notes')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in borealis')
    await follow(page, 'atelier')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm it is you')
  })

  test('asks for the password when one comes back to it', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await enter(page, demonstration.notes, person)
    const before = await sessionShown(page)
    await page.goto(`${demonstration.issuer}/account`)
    await page.getByRole('button', { name: 'End the session in Harbour Books' }).click()
    await expect(page.getByText('No workspace is open')).toBeVisible()

    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm it is you')
    await expect(page.getByLabel('Logged in as')).toHaveValue(person.username)
    await page.getByLabel('Password').fill(person.password)
    await press(page, 'Confirm')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    expect(await sessionShown(page)).not.toBe(before)
  })

  test('can be thought better of', async ({ page, demonstration, newcomer }) => {
    await enter(page, demonstration.notes, await newcomer('harbour'))
    await page.goto(`${demonstration.issuer}/oauth2/logout?client_id=notes`)
    await press(page, 'Stay logged in')
    await expect(sessionsHere(page)).toContainText('Harbour Books')
  })
})

test.describe('a person’s own page', () => {
  test('lists what is open, ends one, and a log-out there ends all', async ({
    page: notes,
    context,
    demonstration,
    newcomer,
  }) => {
    const billing = await enterTwo(notes, demonstration, await newcomer('atelier', 'borealis'))
    const page = await context.newPage()
    await page.goto(`${demonstration.issuer}/account`)
    const stays = sessionsHere(page)
    await expect(stays).toHaveCount(2)
    await expect(stays.filter({ hasText: 'Atelier Nord' })).toContainText('Notes')
    await expect(stays.filter({ hasText: 'Borealis Research' })).toContainText('Billing')

    await page.getByRole('button', { name: 'End the session in Atelier Nord' }).click()
    await expect(stays).toHaveCount(1)
    await expect(notes.getByRole('status')).toContainText('You were logged out')
    await expect(billing.getByRole('button', { name: 'Log out' })).toBeVisible()

    await press(page, 'Log out')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are logged out')
    await expect(billing.getByRole('status')).toContainText('You were logged out')
  })

  test('is reached without any application', async ({ page, demonstration, newcomer }) => {
    await page.goto(demonstration.issuer)
    const person = await newcomer('harbour')
    await logIn(page, person)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(person.name)
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await expect(page).toHaveTitle(/Allow Notes/)
  })
})

/** One person in one browser: at Notes in the atelier, at Billing in borealis. */
async function enterTwo(
  notes: Page,
  demonstration: { readonly notes: string; readonly billing: string },
  person: { readonly username: string; readonly password: string },
): Promise<Page> {
  await notes.goto(demonstration.notes)
  await follow(notes, 'Log in')
  await logIn(notes, person)
  await choose(notes, 'Atelier Nord')
  await press(notes, 'Allow')
  const billing = await notes.context().newPage()
  await billing.goto(demonstration.billing)
  await follow(billing, 'Log in')
  await choose(billing, 'Borealis Research')
  await press(billing, 'Allow')
  await expect(billing.getByRole('heading', { level: 1 })).toHaveText('Invoices of borealis')
  return billing
}
