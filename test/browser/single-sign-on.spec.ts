import { expect, test } from './demonstration.ts'
import { choose, enter, follow, logIn, press, sessionShown } from './steps.ts'

const ADA = { username: 'ada', password: 'paper boats at dawn' }
const CHLOE = { username: 'chloe', password: 'quiet harbour lights' }

test.describe('working in two applications', () => {
  test('takes one login, and one log-out ends it in both without a click', async ({
    page: notes,
    context,
    demonstration,
  }) => {
    await notes.goto(demonstration.notes)
    await follow(notes, 'Log in')
    await logIn(notes, ADA)
    await choose(notes, 'Atelier Nord')
    await expect(notes.getByRole('heading', { level: 1 })).toHaveText(
      'Let Notes into Atelier Nord?',
    )
    await press(notes, 'Allow')
    await expect(notes.getByRole('heading', { level: 1 })).toHaveText('Notes in atelier')
    await expect(notes.getByText('Ada Lindqvist')).toBeVisible()

    const billing = await context.newPage()
    await billing.goto(demonstration.notes)
    await follow(billing, 'Open Billing')
    await press(billing, 'Allow')
    await expect(billing.getByRole('heading', { level: 1 })).toHaveText('Invoices of atelier')
    await expect(billing.getByText('Ada Lindqvist')).toBeVisible()
    expect(await sessionShown(billing)).toBe(await sessionShown(notes))

    await Promise.all([
      expect(billing.getByRole('status')).toContainText('You were logged out', { timeout: 2000 }),
      press(notes, 'Log out'),
    ])
    await expect(billing.getByText('Ada Lindqvist')).toHaveCount(0)
    await expect(notes.getByRole('status')).toHaveText('You are logged out.')

    await follow(billing, 'Log in')
    await expect(billing.getByLabel('Password')).toBeVisible()
  })

  test('never asks where to when there is one workspace, nor twice for consent', async ({
    page,
    demonstration,
  }) => {
    await enter(page, demonstration.notes, CHLOE)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    await press(page, 'Log out')
    await follow(page, 'Log in')
    await logIn(page, CHLOE)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })

  test('goes on after the server was killed, in the same session', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    await enter(page, demonstration.notes, await newcomer('harbour'))
    const session = await sessionShown(page)
    await page.goto('about:blank')
    await demonstration.crash()
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    expect(await sessionShown(page)).toBe(session)
  })

  test('has a token renewed without leaving the page', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    await enter(page, demonstration.notes, await newcomer('harbour'))
    const session = await sessionShown(page)
    await press(page, 'Refresh now')
    await expect(page.getByText(/^(5 min 0|4 min 5\d) s left$/)).toBeVisible()
    expect(await sessionShown(page)).toBe(session)
  })
})
