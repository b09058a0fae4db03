import { expect, test } from './demonstration.ts'
import { collectObjections } from './objections.ts'
import { follow, logIn, press } from './steps.ts'

const POLICIES = 'SOJOURN_SESSION_MANAGER_SECURITY_SESSION_POLICIES'

test.use({
  settings: {
    [`${POLICIES}_MAX_CONCURRENT_SESSIONS`]: '1',
    [`${POLICIES}_ON_REACHING_LIMIT`]: 'ask',
  },
})

test.describe('where people may be logged in in one place, and are asked', () => {
  test('they leave one browser for another, and the first is told', async ({
    page,
    browser,
    demonstration: { notes },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    await page.goto(notes)
    await follow(page, 'Log in')
    await logIn(page, person)
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')

    const elsewhere = await browser.newContext()
    const objections = await collectObjections(elsewhere)
    const other = await elsewhere.newPage()
    await other.goto(notes)
    await follow(other, 'Log in')
    await logIn(other, person)
    await expect(other.getByRole('heading', { level: 1 })).toHaveText('Choose where to log out')
    await other.getByRole('button', { name: 'Harbour Books' }).click()
    await expect(other.getByRole('heading', { level: 1 })).toHaveText('Notes in harbour')
    expect(objections).toEqual([])
    await elsewhere.close()

    await page.goto(`${notes}/login`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Log in')
    await expect(page.getByText('Your login here was ended just now')).toBeVisible()
  })

  test('they see the page without a script, and may go back', async ({
    browser,
    demonstration: { notes },
    newcomer,
  }) => {
    const person = await newcomer('harbour')
    for (const isFirst of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(notes)
      await follow(page, 'Log in')
      await logIn(page, person)
      if (isFirst) {
        await press(page, 'Allow')
        await context.close()
        continue
      }
      await press(page, 'Cancel and go back to Notes')
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('You were not let in')
      await context.close()
    }
  })
})
