import { expect, test } from './demonstration.ts'
import { choose, enter, follow, logIn, press } from './steps.ts'

test.describe('an application that is refused', () => {
  test('says so decently, and was granted nothing', async ({ page, demonstration, newcomer }) => {
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await logIn(page, await newcomer('harbour'))
    await press(page, 'Refuse')
    expect(new URL(page.url()).origin).toBe(demonstration.notes)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You were not let in')
    await expect(page.getByText('access_denied')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0)

    await page.goto(`${demonstration.issuer}/account`)
    await expect(page.getByText('No workspace is open')).toBeVisible()
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })
})

test.describe('a workspace of others', () => {
  test('is not opened, and another one can be chosen', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    await page.goto(`${demonstration.notes}/login?workspace=borealis`)
    await logIn(page, await newcomer('atelier', 'harbour'))
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'You are not a member of that workspace',
    )
    await press(page, 'Choose another workspace')
    await choose(page, 'Harbour Books')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    await expect(page.getByRole('status')).toHaveText(
      'You asked for borealis, and this is harbour.',
    )
  })

  test('is told like one that is not there', async ({ page, demonstration, newcomer }) => {
    await enter(page, demonstration.notes, await newcomer('harbour'))
    const said: string[] = []
    for (const name of ['borealis', 'no-such-workspace']) {
      await page.goto(`${demonstration.notes}/login?workspace=${name}`)
      said.push((await page.getByRole('main').innerText()).replace(/[\da-f-]{36}/, ''))
    }
    expect(said[0]).toBe(said[1])
  })

  test('opens to somebody else who is a member', async ({ page, demonstration, newcomer }) => {
    await enter(page, demonstration.notes, await newcomer('harbour'))
    const member = await newcomer('borealis')
    await page.goto(`${demonstration.notes}/login?workspace=borealis`)
    await press(page, 'Log in as someone else')
    await expect(page.getByLabel('Username')).toHaveValue('')
    await logIn(page, member)
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in borealis')
    await expect(page.getByText(`${member.username}@example.com`)).toBeVisible()
  })

  test('leads back to the application, which is told why', async ({
    page,
    demonstration,
    newcomer,
  }) => {
    await page.goto(`${demonstration.notes}/login?workspace=borealis`)
    await logIn(page, await newcomer('harbour'))
    await press(page, 'Back to Notes')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You were not let in')
    await expect(page.getByRole('blockquote')).toContainText('not a member of the workspace')
    await follow(page, 'Log in')
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
  })

  test('is all there is for a person without any', async ({ page, demonstration, newcomer }) => {
    await page.goto(demonstration.notes)
    await follow(page, 'Log in')
    await logIn(page, await newcomer())
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are in no workspace yet')
    await expect(page.getByRole('button', { name: 'Choose another workspace' })).toHaveCount(0)
    await press(page, 'Back to Notes')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You were not let in')
  })
})
