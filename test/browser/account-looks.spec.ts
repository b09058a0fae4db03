import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { IPHONE, type Person, personIn } from '../http/account/person.ts'
import { test as base, expect, type House, PASSWORD } from '../http/interactions/house.ts'
import { flawsOf } from '../support/flaws.ts'
import { LOOKS } from '../support/looks.ts'
import { collectObjections } from './objections.ts'
import { logIn, press } from './steps.ts'

const test = base.extend<{ ada: Person; objections: readonly string[] }>({
  ada: ({ house }, use) => everythingOpen(house).then(use),
  objections: [
    async ({ context }, use) => {
      const found = await collectObjections(context)
      await use(found)
      expect(found).toEqual([])
    },
    { auto: true },
  ],
})

/** Ada, who is logged in on her telephone, and lets an application work while she is away. */
async function everythingOpen(house: House): Promise<Person> {
  const ada = await personIn(house, 'ada', 'old-mill')
  await ada.letWorkAway(await ada.browser(IPHONE))
  return ada
}

for (const { name, ...options } of LOOKS)
  test.describe(`a person's own page, ${name}`, () => {
    test.use(options)

    const look = async (page: Page, as: string) => {
      const folder = join(test.info().project.outputDir, 'pages')
      await page.screenshot({ path: join(folder, `${as}.${name}.png`), fullPage: true })
      expect.soft(await flawsOf(page), as).toEqual([])
    }

    test('with all that can be open', async ({ page, house, ada, pass }) => {
      await page.goto(`${house.app.url}/account`)
      await logIn(page, { username: ada.username, password: PASSWORD })
      await page.getByText('What it may do').click()
      await look(page, 'account-full')
      await pass('11m')
      await press(page, 'Log out Safari on iPhone')
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm it is you')
      await look(page, 'account-confirm')
    })
  })
