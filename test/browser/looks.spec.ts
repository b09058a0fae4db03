import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { flawsOf } from '../support/flaws.ts'
import { LOOKS } from '../support/looks.ts'
import { expect, test } from './demonstration.ts'
import { choose, follow, logIn, press } from './steps.ts'

for (const { name, ...options } of LOOKS)
  test.describe(`every page, ${name}`, () => {
    test.use(options)

    /** Pictures a page for whoever wants to look, and finds what a picture does not show. */
    const look = async (page: Page, heading: string, as: string) => {
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
      const folder = join(test.info().project.outputDir, 'pages')
      await page.screenshot({ path: join(folder, `${as}.${name}.png`), fullPage: true })
      expect.soft(await flawsOf(page), as).toEqual([])
    }

    test('on the way in', async ({ page, demonstration: { notes, issuer }, newcomer }) => {
      const person = await newcomer('atelier', 'borealis', 'harbour')
      await page.goto(notes)
      await look(page, 'What your team wrote down.', 'notes-door')
      await follow(page, 'Log in')
      await look(page, 'Log in', 'login')
      await logIn(page, { ...person, password: 'not the right one at all' })
      await page.getByRole('alert').waitFor()
      await look(page, 'Log in', 'login-wrong')
      await logIn(page, person)
      await look(page, 'Choose a workspace', 'pick-workspace')
      await choose(page, 'Harbour Books')
      await look(page, 'Let Notes into Harbour Books?', 'consent')
      await press(page, 'Refuse')
      await look(page, 'You were not let in', 'notes-refused')
      await page.goto(`${issuer}/account`)
      await look(page, person.name, 'account-empty')
    })

    test('of the applications', async ({ page, demonstration: { notes }, newcomer }) => {
      await page.goto(`${notes}/login?workspace=harbour`)
      await logIn(page, await newcomer('atelier', 'harbour'))
      await press(page, 'Allow')
      await page.getByText('Write a note').click()
      await look(page, 'Notes in harbour', 'notes')
      await page.goto(`${notes}/login?workspace=atelier`)
      await press(page, 'Allow')
      await follow(page, 'Open Billing')
      await press(page, 'Allow')
      await look(page, 'Invoices of atelier', 'billing')
      await page.goto(`${notes}/nothing`)
      await look(page, 'There is nothing here', 'notes-nothing')
    })

    test('on the way out', async ({ page, demonstration: { notes, issuer }, newcomer }) => {
      const person = await newcomer('atelier', 'harbour')
      for (const workspace of ['atelier', 'harbour']) {
        await page.goto(`${notes}/login?workspace=${workspace}`)
        if (workspace === 'atelier') await logIn(page, person)
        await press(page, 'Allow')
      }
      await page.goto(`${issuer}/account`)
      await look(page, person.name, 'account')
      await page.goto(`${issuer}/oauth2/logout?client_id=notes`)
      await look(page, 'Log out?', 'logout')
      await page.getByRole('button', { name: 'Leave only Atelier Nord' }).click()
      await look(page, 'You left Atelier Nord', 'left-workspace')
      await page.goto(`${notes}/login?workspace=atelier`)
      await look(page, 'Confirm it is you', 'login-confirm')
      await page.goto(`${issuer}/account`)
      await press(page, 'Log out')
      await look(page, 'You are logged out', 'logged-out')
      await page.goto(notes)
      await look(page, 'What your team wrote down.', 'notes-left')
    })

    test('of the API', async ({ page, demonstration: { issuer } }) => {
      await page.goto(`${issuer}/api/v1`)
      await look(page, 'The sessions API', 'api')
      await page.getByRole('link', { name: 'renewSession' }).first().click()
      await expect(page.locator('#renewSession')).toBeInViewport()
    })

    test('that says no', async ({ page, demonstration: { notes, issuer }, newcomer }) => {
      await page.goto(`${notes}/login?workspace=borealis`)
      await logIn(page, await newcomer('harbour'))
      await look(page, 'You are not a member of that workspace', 'not-a-member')
      await press(page, 'Back to Notes')
      await look(page, 'You were not let in', 'notes-not-a-member')
      await page.goBack()
      await look(page, 'This page is out of date', 'out-of-date')
      await page.goto(`${issuer}/nothing`)
      await look(page, 'There is nothing here', 'nothing')
      await page.goto(`${issuer}/oauth2/authorize?client_id=nobody`)
      await look(page, 'This application is not registered here', 'unknown-application')
      await page.goto(`${notes}/login`)
      await press(page, 'Refuse')
      await page.goto(`${issuer}/account`)
      await press(page, 'Log out')
      await page.goto(`${notes}/login`)
      await logIn(page, await newcomer())
      await look(page, 'You are in no workspace yet', 'no-workspace')
    })
  })
