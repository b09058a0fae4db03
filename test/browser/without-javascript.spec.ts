import { expect, test } from './demonstration.ts'
import { choose, follow, logIn, press, sessionsHere } from './steps.ts'

test.use({ javaScriptEnabled: false })

test('the whole way, without JavaScript', async ({ page, demonstration, newcomer }) => {
  const person = await newcomer('atelier', 'borealis')
  await page.goto(demonstration.notes)
  await follow(page, 'Log in')
  await logIn(page, { ...person, password: 'not the right one at all' })
  await expect(page.getByRole('alert')).toContainText('do not match')
  await logIn(page, person)
  await choose(page, 'Atelier Nord')
  await press(page, 'Allow')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in atelier')

  await page.getByText('Write a note').click()
  await page.getByLabel('Title').fill('Written without a script')
  await page.getByLabel('Text').fill('And read without one.')
  await press(page, 'Add the note')
  await expect(page.getByRole('heading', { name: 'Written without a script' })).toBeVisible()
  await press(page, 'Refresh now')
  await page.getByLabel('Workspace', { exact: true }).fill('borealis')
  await press(page, 'Switch')
  await press(page, 'Allow')
  await follow(page, 'Open Billing')
  await press(page, 'Allow')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Invoices of borealis')

  await page.goto(`${demonstration.issuer}/account`)
  await page.getByRole('button', { name: 'End the session in Atelier Nord' }).click()
  await expect(sessionsHere(page)).toHaveCount(1)
  await page.goto(demonstration.billing)
  await press(page, 'Log out')
  await expect(page.getByRole('status')).toHaveText('You are logged out.')
  await page.goto(demonstration.notes)
  await expect(page.getByRole('status')).toContainText('You were logged out')
})
