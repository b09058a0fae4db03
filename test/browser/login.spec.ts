import { expect, test } from './demonstration.ts'
import { enter, follow, logIn, press, sessionShown, sessionsHere, typeLogin } from './steps.ts'

const WRONG = 'not the right one at all'

test.describe('a wrong password', () => {
  test('is told as such, keeps the name, and the right one gets in', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await logIn(page, { ...person, password: WRONG })

    await expect(page.getByRole('alert')).toContainText('username and password do not match')
    await expect(page.getByLabel('Username')).toHaveValue(person.username)
    const password = page.getByLabel('Password')
    await expect(password).toHaveValue('')
    await expect(password).toBeFocused()
    await expect(password).toHaveAttribute('aria-invalid', 'true')
    await expect(password).toHaveAccessibleDescription(/do not match/)
    await expect(page).toHaveTitle(/^Error: /)

    await page.keyboard.type(person.password)
    await page.keyboard.press('Enter')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })

  test('is not told from an unknown name', async ({ page, demonstration, newcomer }) => {
    const { username } = await newcomer('harbour')
    await page.goto(`${demonstration.issuer}/login`)
    const said: string[] = []
    for (const name of [username, 'nobody-of-that-name']) {
      await logIn(page, { username: name, password: WRONG })
      await expect(page.getByLabel('Username')).toHaveValue(name)
      said.push(await page.getByRole('alert').innerText())
    }
    expect(said[0]).toBe(said[1])
  })

  test('typed ten times makes the person wait, and says for how long', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(`${demonstration.issuer}/login`)
    for (let tries = 0; tries < 10; tries++) await logIn(page, { ...person, password: WRONG })
    await logIn(page, person)
    await expect(page.getByRole('alert')).toHaveText(/Too many tries\. Wait \d+ minutes/)
    await expect(page.getByLabel('Username')).toHaveValue(person.username)

    await demonstration.pass('16m')
    await logIn(page, person)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(person.name)
  })
})

test.describe('logging in', () => {
  test('takes nothing but a keyboard, and shows where one is', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('atelier', 'harbour')
    await page.goto(demonstration.notes)
    const pressed = async (key: string) => {
      await page.keyboard.press(key)
      const isShown = () => document.activeElement?.matches(':focus-visible')
      expect(await page.evaluate(isShown)).toBe(true)
      expect(await page.evaluate(outlineOfFocus)).not.toBe('none')
    }
    await pressed('Tab')
    await pressed('Tab')
    await expect(page.getByRole('link', { name: 'Log in' })).toBeFocused()
    await page.keyboard.press('Enter')

    await expect(page.getByLabel('Username')).toBeFocused()
    await page.keyboard.type(person.username)
    await pressed('Tab')
    await page.keyboard.type(person.password)
    await pressed('Tab')
    await page.keyboard.press('Enter')

    await expect(page).toHaveTitle(/Choose a workspace/)
    await pressed('Tab')
    await pressed('Tab')
    await page.keyboard.press('Enter')

    await expect(page).toHaveTitle(/Allow Notes/)
    await pressed('Tab')
    await expect(page.getByRole('button', { name: 'Allow' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })

  test('by a double click gets in once', async ({ page, demonstration, newcomer }) => {
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await typeLogin(page, await newcomer('harbour'))
    await page.getByRole('button', { name: 'Log in', exact: true }).dblclick()
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    await page.goto(`${demonstration.issuer}/account`)
    await expect(sessionsHere(page)).toHaveCount(1)
  })

  test('in a second tab leaves the first one usable', async ({
    page: first,
    context,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await first.goto(demonstration.notes)
    await follow(first, 'Log in')
    const second = await context.newPage()
    await enter(second, demonstration.billing, person)
    const session = await sessionShown(second)

    await logIn(first, person)
    await press(first, 'Allow')
    await expect(first.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    expect(await sessionShown(first)).toBe(session)
    await second.reload()
    await expect(second.getByRole('heading', { level: 1 })).toHaveText('Invoices of harbour')
  })

  test('as somebody else takes the place of who was here', async ({
    page,
    context,
    demonstration,
    newcomer,
  }) => {
    const [ann, ben] = [await newcomer('harbour'), await newcomer('harbour')]
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    const billing = await context.newPage()
    await enter(billing, demonstration.billing, ann)

    await logIn(page, ben)
    await press(page, 'Allow')
    await expect(page.getByText(`${ben.username}@example.com`)).toBeVisible()
    await expect(billing.getByRole('status')).toContainText('You were logged out')
  })

  test('can be given up', async ({ page, demonstration }) => {
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await press(page, 'Cancel and go back to Notes')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You were not let in')
    await follow(page, 'Log in')
    await expect(page.getByLabel('Password')).toBeVisible()
  })
})

function outlineOfFocus(): string {
  const focused = document.activeElement
  return focused ? getComputedStyle(focused).outlineStyle : 'none'
}
