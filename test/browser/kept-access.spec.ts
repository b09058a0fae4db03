import { IPHONE, personIn } from '../http/account/person.ts'
import { expect, PASSWORD, test } from '../http/interactions/house.ts'
import { logIn, press } from './steps.ts'

test('an application that keeps access is seen, ended, and refreshes no more', async ({
  page,
  house,
}) => {
  const ada = await personIn(house, 'ada', 'old-mill')
  const token = await ada.letWorkAway(await ada.browser(IPHONE))
  await page.goto(`${house.app.url}/account`)
  await logIn(page, { username: ada.username, password: PASSWORD })
  const kept = page.getByRole('region', { name: 'Applications that keep access' })
  await expect(kept).toContainText('Notes')
  await press(page, 'End access of Notes to old-mill')
  await expect(kept).toContainText('No application works for you while you are away.')
  expect(await ada.refresh(token)).toBe(400)
})
