import type { Page } from 'playwright/test'
import { expect, test } from './demonstration.ts'
import { choose, follow, logIn, press, sessionShown } from './steps.ts'

test.describe('switching the workspace', () => {
  test('asks for no password, and shows nothing of the one before', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const title = `Only for the atelier ${Date.now()}`
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await logIn(page, await newcomer('atelier', 'borealis'))
    await choose(page, 'Atelier Nord')
    await press(page, 'Allow')
    await write(page, title)
    const first = await sessionShown(page)

    await page.getByLabel('Workspace', { exact: true }).fill('borealis')
    await press(page, 'Switch')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in borealis')
    await expect(page.getByText(title)).toHaveCount(0)
    expect(await sessionShown(page)).not.toBe(first)

    await follow(page, 'atelier')
    await expect(page.getByRole('heading', { name: title })).toBeVisible()
    expect(await sessionShown(page)).toBe(first)
  })

  test('offers the list of them', async ({ page, demonstration, newcomer }) => {
    await page.goto(demonstration.billing)
    await follow(page, 'Log in')
    await logIn(page, await newcomer('atelier', 'harbour'))
    await choose(page, 'Harbour Books')
    await press(page, 'Allow')
    await follow(page, 'Choose from a list')
    await expect(page.getByRole('button', { name: 'Borealis Research' })).toHaveCount(0)
    await choose(page, 'Atelier Nord')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Invoices of atelier')
  })
})

test.describe('two tabs in two workspaces', () => {
  test('keep to themselves, whatever they refresh', async ({ page, demonstration, newcomer }) => {
    const notes = page
    await notes.goto(`${demonstration.notes}/login?workspace=atelier`)
    await logIn(notes, await newcomer('atelier', 'borealis'))
    await press(notes, 'Allow')
    const billing = await notes.context().newPage()
    await billing.goto(`${demonstration.billing}/login?workspace=borealis`)
    await press(billing, 'Allow')
    const ids = [await sessionShown(notes), await sessionShown(billing)]
    expect(ids[0]).not.toBe(ids[1])

    for (let round = 0; round < 3; round++) {
      await press(notes, 'Refresh now')
      await press(billing, 'Refresh now')
    }
    await notes.reload()
    await billing.reload()
    await expect(notes.getByRole('heading', { level: 1 })).toHaveText('Notes in atelier')
    await expect(billing.getByRole('heading', { level: 1 })).toHaveText('Invoices of borealis')
    expect([await sessionShown(notes), await sessionShown(billing)]).toEqual(ids)
    expect(await notes.content()).not.toContain(ids[1])
    expect(await notes.content()).not.toContain('borealis')
    expect(await billing.content()).not.toContain(ids[0])
    expect(await billing.content()).not.toContain('atelier')
  })

  test('of one application, which knows one at a time, move together', async ({
    page: first,
    context,
    demonstration,
    newcomer,
  }) => {
    await first.goto(`${demonstration.notes}/login?workspace=atelier`)
    await logIn(first, await newcomer('atelier', 'borealis'))
    await press(first, 'Allow')
    const left = await sessionShown(first)
    const second = await context.newPage()
    await second.goto(`${demonstration.notes}/login?workspace=borealis`)
    await press(second, 'Allow')

    await expect(first.getByRole('heading', { level: 1 })).toHaveText('Notes in borealis')
    expect(await sessionShown(first)).toBe(await sessionShown(second))
    expect(await sessionShown(second)).not.toBe(left)
  })
})

async function write(page: Page, title: string): Promise<void> {
  await page.getByText('Write a note').click()
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Text').fill('Nobody else is to read this.')
  await press(page, 'Add the note')
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
}
