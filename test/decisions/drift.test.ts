import { expect, test } from 'playwright/test'
import { judgeDrift, strongest, type Whereabouts } from '../../src/decisions/drift.ts'

const HOME: Whereabouts = {
  address: '194.25.0.1',
  network: '194.25.0.0/24',
  country: 'DE',
  deviceId: 'laptop',
  agent: 'Firefox on Linux',
}
const DEFAULT = { network: 'note', agent: 'note', country: 'step_up', device: 'step_up' } as const

test.describe('drift', () => {
  for (const [what, now, seconds, reaction] of [
    ['nothing', {}, 60, 'none'],
    ['an address of the same network', { address: '194.25.0.2' }, 60, 'none'],
    ['another network', { address: '217.0.0.1', network: '217.0.0.0/24' }, 60, 'note'],
    ['another browser', { agent: 'Chrome on Linux' }, 60, 'note'],
    ['another country at once', { country: 'US' }, 7_199, 'step_up'],
    ['another country after a flight', { country: 'US' }, 7_200, 'note'],
    ['another device', { deviceId: 'phone' }, 86_400, 'step_up'],
  ] as const)
    test(`of ${what} calls for ${reaction}`, () => {
      const drifts = judgeDrift(
        HOME,
        { ...HOME, ...now },
        { reactions: DEFAULT, secondsSince: seconds },
      )
      expect(strongest(drifts)).toBe(reaction)
    })

  test('is none where one side is unknown', () => {
    const options = { reactions: DEFAULT, secondsSince: 0 }
    expect(judgeDrift(HOME, {}, options)).toEqual([])
    expect(judgeDrift({}, HOME, options)).toEqual([])
  })
})
