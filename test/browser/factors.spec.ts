import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { flawsOf } from '../support/flaws.ts'
import { expect, test } from './demonstration.ts'
import { addApp, codeOf, plugIn, recoveryCodesOn, typeCode } from './factors.ts'
import { follow, logIn, press } from './steps.ts'

const heading = (page: Page) => page.getByRole('heading', { level: 1 })

test.describe('a passkey', () => {
  test('is created, and lets in without a password from then on', async ({
    page,
    demonstration: { issuer, notes },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await plugIn(page)
    await page.goto(`${issuer}/login`)
    await logIn(page, person)
    await follow(page, 'How you log in')
    await follow(page, 'Create a passkey')
    await page.getByLabel('Name it').fill('This laptop')
    await press(page, 'Create')
    await expect(heading(page)).toHaveText('Your recovery codes')
    expect(await recoveryCodesOn(page)).toHaveLength(10)
    await follow(page, 'Done')
    await expect(page.getByRole('status')).toContainText('It was added.')
    await expect(page.getByRole('heading', { name: 'This laptop' })).toBeVisible()
    await follow(page, 'Back to your stay')
    await press(page, 'Log out')

    await page.goto(notes)
    await follow(page, 'Log in')
    await press(page, 'Log in with a passkey')
    await press(page, 'Allow')
    await expect(heading(page)).toHaveText('Notes in harbour')
  })

  test('is asked for after the password, by who types it all the same', async ({
    page,
    demonstration: { issuer },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await plugIn(page)
    await page.goto(`${issuer}/login?to=passkey`)
    await logIn(page, person)
    await press(page, 'Create')
    await press(page, 'I have them: end all other sessions')
    await follow(page, 'Back to your stay')
    await press(page, 'Log out')
    await page.goto(`${issuer}/login`)
    await logIn(page, person)
    await expect(heading(page)).toHaveText('One more step')
    await press(page, 'Use your passkey')
    await expect(heading(page)).toHaveText(person.name)
  })

  test('is not made twice on one device, which is told', async ({
    page,
    demonstration: { issuer },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await plugIn(page)
    await page.goto(`${issuer}/login?to=passkey`)
    await logIn(page, person)
    await press(page, 'Create')
    await expect(heading(page)).toHaveText('Your recovery codes')
    await page.goto(`${issuer}/account/security/passkey`)
    await press(page, 'Create')
    await expect(page.getByRole('status')).toHaveText('This device has a passkey of yours already.')
    await expect(page.getByRole('button', { name: 'Create' })).toBeEnabled()
  })

  test('that this browser does not have is told, and the password stays', async ({
    page,
    demonstration: { issuer },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await plugIn(page)
    await page.goto(`${issuer}/login`)
    await press(page, 'Log in with a passkey')
    await expect(page.getByRole('status')).toContainText('cancelled')
    await logIn(page, person)
    await expect(heading(page)).toHaveText(person.name)
  })
})

test.describe('an authenticator app', () => {
  test('is set up, and its code is asked for from then on', async ({
    page,
    demonstration: { issuer, notes },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${issuer}/login`)
    await logIn(page, person)
    await follow(page, 'How you log in')
    await follow(page, 'Set up an authenticator app')
    await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
    const secret = await addApp(page)
    await follow(page, 'Done')
    await expect(page.getByRole('heading', { name: 'My telephone' })).toBeVisible()
    await follow(page, 'Back to your stay')
    await press(page, 'Log out')

    await page.goto(notes)
    await follow(page, 'Log in')
    await logIn(page, person)
    await expect(page.getByLabel('Code from your authenticator app')).toBeFocused()
    await typeCode(page, '000000')
    await expect(page.getByRole('alert')).toContainText('That code is not right')
    await typeCode(page, codeOf(secret, 30))
    await press(page, 'Allow')
    await expect(heading(page)).toHaveText('Notes in harbour')
  })

  test('that is lost is made up for by a recovery code, once', async ({
    page,
    demonstration: { issuer },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${issuer}/login?to=authenticator`)
    await logIn(page, person)
    await addApp(page)
    const [code = ''] = await recoveryCodesOn(page)
    const use = async () => {
      await page.context().clearCookies()
      await page.goto(`${issuer}/login`)
      await logIn(page, person)
      await page.getByText('Use a recovery code').click()
      await page.getByLabel('Recovery code').fill(code.toUpperCase())
      await press(page, 'Use this code')
    }
    await use()
    await expect(heading(page)).toHaveText(person.name)
    await follow(page, 'How you log in')
    await expect(page.getByText('9 codes are left')).toBeVisible()
    await use()
    await expect(page.getByRole('alert')).toContainText('none of your unused recovery codes')
  })
})

test.describe('an application that asks for two factors', () => {
  test('has one added on the way, and the person comes back to it', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    const asked = await askedFor(page, demonstration.notes, { acr_values: 'urn:sojourn:aal2' })
    await page.goto(asked)
    await logIn(page, person)
    await expect(heading(page)).toHaveText('A second factor is needed')
    await follow(page, 'Set up an authenticator app')
    await addApp(page)
    await follow(page, 'Go on to the application')
    await press(page, 'Allow')
    await expect(heading(page)).toHaveText('Notes in harbour')
  })

  test('has only the missing one asked for', async ({
    page,
    browser,
    demonstration: { issuer, notes },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${issuer}/login`)
    await logIn(page, person)
    const elsewhere = await browser.newPage()
    await elsewhere.goto(`${issuer}/login?to=authenticator`)
    await logIn(elsewhere, person)
    const secret = await addApp(elsewhere)
    await elsewhere.close()

    await page.goto(await askedFor(page, notes, { acr_values: 'urn:sojourn:aal2' }))
    await expect(heading(page)).toHaveText('Confirm it is you')
    await expect(page.getByLabel('Password')).toBeHidden()
    await typeCode(page, codeOf(secret, 30))
    await press(page, 'Allow')
    await expect(heading(page)).toHaveText('Notes in harbour')
  })

  test('lately has all of them asked for once that is too long ago', async ({
    page,
    demonstration: { issuer, notes, pass },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${issuer}/login?to=authenticator`)
    await logIn(page, person)
    const secret = await addApp(page)
    await pass('5m')
    await page.goto(await askedFor(page, notes, { max_age: '60' }))
    await expect(heading(page)).toHaveText('Confirm it is you')
    await page.getByLabel('Password').fill(person.password)
    await press(page, 'Confirm')
    await expect(heading(page)).toHaveText('One more step')
    await typeCode(page, codeOf(secret, 30))
    await press(page, 'Allow')
    await expect(heading(page)).toHaveText('Notes in harbour')
  })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('passwords and codes work, and passkeys are not offered', async ({
    page,
    demonstration: { issuer },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${issuer}/login?to=authenticator`)
    await expect(page.getByRole('button', { name: 'Log in with a passkey' })).toBeHidden()
    await logIn(page, person)
    const secret = await addApp(page)
    await follow(page, 'Done')
    await follow(page, 'Create a passkey')
    await expect(page.getByText('Passkeys need JavaScript')).toBeVisible()
    await page.context().clearCookies()
    await page.goto(`${issuer}/login`)
    await logIn(page, person)
    await typeCode(page, codeOf(secret, 30))
    await expect(heading(page)).toHaveText(person.name)
  })
})

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1000, height: 760 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1000, height: 760 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const

for (const { name, ...options } of LOOKS)
  test.describe(`every page about factors, ${name}`, () => {
    test.use(options)

    const look = async (page: Page, title: string, as: string) => {
      await expect(heading(page)).toHaveText(title)
      const folder = join(test.info().project.outputDir, 'pages')
      await page.screenshot({ path: join(folder, `${as}.${name}.png`), fullPage: true })
      expect.soft(await flawsOf(page), as).toEqual([])
    }

    test('has no flaws', async ({ page, demonstration: { issuer, notes }, newcomer }) => {
      const person = await newcomer('harbour')
      await plugIn(page)
      await page.goto(await askedFor(page, notes, { acr_values: 'urn:sojourn:aal2' }))
      await logIn(page, person)
      await look(page, 'A second factor is needed', 'needs-factor')
      await page.goto(`${issuer}/account/security`)
      await look(page, 'How you log in', 'security-empty')
      await follow(page, 'Create a passkey')
      await look(page, 'Create a passkey', 'security-passkey')
      await press(page, 'Create')
      await look(page, 'Your recovery codes', 'security-recovery-codes')
      await page.goto(`${issuer}/account/security/authenticator`)
      await look(page, 'Set up an authenticator app', 'security-authenticator')
      await addApp(page).catch(() => undefined)
      await page.goto(`${issuer}/account/security?done=added`)
      await look(page, 'How you log in', 'security')
      await page.context().clearCookies()
      await page.goto(`${issuer}/login`)
      await logIn(page, person)
      await look(page, 'One more step', 'second-factor')
      await typeCode(page, '000000')
      await look(page, 'One more step', 'second-factor-wrong')
    })
  })

/** The address that an application sends the person to, with more asked for. */
async function askedFor(
  page: Page,
  app: string,
  params: Readonly<Record<string, string>>,
): Promise<string> {
  const response = await page.request.get(`${app}/login`, { maxRedirects: 0 })
  const address = new URL(response.headers().location ?? '')
  for (const [name, value] of Object.entries(params)) address.searchParams.set(name, value)
  return address.href
}
