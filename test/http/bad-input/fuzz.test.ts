import fc from 'fast-check'
import { expect } from 'playwright/test'
import { faultOf } from './judge.ts'
import { noisy } from './noise.ts'
import type { Route } from './routes.ts'
import { messageOf, type Sample } from './sample.ts'
import { SAMPLES } from './samples.ts'
import { test } from './staged.ts'
import { type Attack, bytesOf, exchange, type Message } from './wire.ts'

const RUNS = 60

/**
 * Forms that go with the proof that they are ours, so that what they say is read: whatever noise
 * makes of it, nobody is logged out, let in or turned away, which the next ones need.
 */
const PROVEN: readonly Route[] = [
  'POST /login',
  'POST /interaction/:uid/login',
  'POST /interaction/:uid/workspace',
  'POST /interaction/:uid/consent',
  'POST /account/end',
]

for (const [route, sampleOf] of Object.entries(SAMPLES) as [Route, (typeof SAMPLES)[Route]][]) {
  test(`${route} answers whatever is sent`, async ({ scene }) => {
    const [method = ''] = route.split(' ')
    const sample: Sample = { ...sampleOf(scene), method }
    const { csrf, ...fields } = sample.fields ?? {}
    const unproven: Sample = sample.fields ? { ...sample, fields } : sample
    const proof = csrf !== undefined && PROVEN.includes(route) ? `&csrf=${csrf}` : ''
    const good = messageOf(unproven, scene.host)
    const isEmpty = good.body === ''

    const property = fc.asyncProperty(noisy(unproven, good), async (message) => {
      const sent: Message = isEmpty ? message : { ...message, body: `${message.body}${proof}` }
      const attack: Attack = {
        name: `${sent.target} ${JSON.stringify(sent.headers)} ${sent.body}`.slice(0, 600),
        bytes: bytesOf(sent),
        expected: 'answered',
        form: sample.form,
        breaksOff: false,
      }
      expect(faultOf(attack, await exchange(scene.port, attack))).toBeNull()
    })
    await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: 20_000 })

    expect(scene.logged.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
}
