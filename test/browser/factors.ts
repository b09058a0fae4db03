import { TOTP } from 'otpauth'
import { type CDPSession, expect, type Page } from 'playwright/test'
import { press } from './steps.ts'

/** A telephone or a key in this browser, that holds passkeys and knows its owner. */
export async function plugIn(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return cdp
}

/** What an authenticator app shows; a code is good once, so after one comes that of 30 s later. */
export function codeOf(secret: string, later = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + later * 1000 })
}

/** Adds an authenticator app on its page; its secret, as text. */
export async function addApp(page: Page): Promise<string> {
  await page.getByText('Or type it in').click()
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '')
  await page.getByLabel('Type the code').fill(codeOf(secret))
  await page.getByLabel('Name it').fill('My telephone')
  await press(page, 'Add it')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your recovery codes')
  return secret
}

export function recoveryCodesOn(page: Page): Promise<string[]> {
  return page.locator('.codes li').allInnerTexts()
}

export async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code from your authenticator app').fill(code)
  await press(page, 'Confirm')
}
