import type { Locator, Page } from 'playwright/test'

/** What people do, in their words. */

export interface Credentials {
  readonly username: string
  readonly password: string
}

export async function typeLogin(page: Page, { username, password }: Credentials): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
}

export async function logIn(page: Page, credentials: Credentials): Promise<void> {
  await typeLogin(page, credentials)
  await press(page, 'Log in')
}

/** Presses a button of exactly this name. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click()
}

/** On the picker, whose buttons say more than the workspace's name. */
export function choose(page: Page, workspace: string): Promise<void> {
  return page.getByRole('button', { name: workspace }).click()
}

export function follow(page: Page, name: string): Promise<void> {
  return page.getByRole('link', { name, exact: true }).click()
}

/** Starts at an application's door, says who is there, and lets the application in. */
export async function enter(page: Page, app: string, credentials: Credentials): Promise<void> {
  await page.goto(app)
  await follow(page, 'Log in')
  await logIn(page, credentials)
  await press(page, 'Allow')
}

/** The provider's session, as an application shows it. */
export function sessionShown(page: Page): Promise<string> {
  return page.getByRole('complementary').locator('code').innerText()
}

/** The sessions that a person's own page lists for the browser that shows it. */
export function sessionsHere(page: Page): Locator {
  return page.getByRole('region', { name: 'This browser' }).getByRole('listitem')
}
