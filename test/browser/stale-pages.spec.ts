import { expect, test } from './demonstration.ts'
import { enter, follow, logIn, press, typeLogin } from './steps.ts'

const OUT_OF_DATE = 'This page is out of date'

test.describe('going back', () => {
  test('after a log-out shows nothing of what was there', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await enter(page, demonstration.notes, person)
    await press(page, 'Log out')
    await page.goBack()
    await page.goBack()
    await expect(page.getByText(person.name)).toHaveCount(0)
    await page.goto(`${demonstration.issuer}/account`)
    await logIn(page, person)
    await press(page, 'Log out')
    await page.goBack()
    await expect(page.getByLabel('Password')).toBeVisible()
    await expect(page.getByText(person.name)).toHaveCount(0)
  })

  test('to a question that was answered says so, and offers a way on', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await enter(page, demonstration.notes, person)
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(OUT_OF_DATE)
    await follow(page, 'Your account')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(person.name)
    await page.goBack()
    await page.goForward()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(person.name)
  })
})

test.describe('a form that was open for too long', () => {
  test('says what to do, and the way from the application works', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await typeLogin(page, person)
    await demonstration.pass('2h')
    await press(page, 'Log in')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(OUT_OF_DATE)
    await expect(page.getByText('form_expired')).toBeVisible()
    await enter(page, demonstration.notes, person)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })

  test('does nothing after a log-out in another tab', async ({
    page,
    context,
    demonstration,
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await enter(page, demonstration.notes, person)
    const account = await context.newPage()
    await account.goto(`${demonstration.issuer}/account`)
    await press(page, 'Log out')
    await account.getByRole('button', { name: 'End the session' }).click()
    await expect(account.getByLabel('Password')).toBeVisible()
  })

  test('at the picker or at consent asks anew once its login is over', async ({
    page,
    context,
    demonstration,
    newcomer,
  }) => {
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await logIn(page, await newcomer('harbour'))
    await expect(page).toHaveTitle(/Allow Notes/)
    const account = await context.newPage()
    await account.goto(`${demonstration.issuer}/account`)
    await press(account, 'Log out')

    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(OUT_OF_DATE)
    await expect(page.getByRole('button', { name: 'Allow' })).toHaveCount(0)
  })
})
