import { expect } from 'playwright/test'
import { signIn } from '../support/relying-party.ts'
import { attacksOn } from './bad-input/attacks.ts'
import { faultOf } from './bad-input/judge.ts'
import { stepsOf } from './bad-input/routes.ts'
import { SAMPLES } from './bad-input/samples.ts'
import type { Scene } from './bad-input/scene.ts'
import { test } from './bad-input/staged.ts'
import { type Attack, exchange } from './bad-input/wire.ts'

const TOGETHER = 8

/** Sends all and tells what was wrong with the answers. */
async function faultsOf({ port }: Scene, attacks: readonly Attack[]): Promise<string[]> {
  const faults: string[] = []
  const waiting = [...attacks]
  const work = async () => {
    for (let attack = waiting.shift(); attack; attack = waiting.shift()) {
      const { name } = attack
      const fault = await exchange(port, attack)
        .then((answer) => faultOf(attack, answer))
        .catch((error: Error) => `${name}: ${error.message}`)
      if (fault) faults.push(fault)
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work))
  return faults
}

test('every route of the app has its attacks', ({ scene }) => {
  const heard = [...scene.heard, 'GET /assets/:name'].filter((route) => !route.startsWith('HEAD '))
  expect(heard.sort()).toEqual(Object.keys(SAMPLES).sort())
  // A step that answers by itself is one of these; a new one may bring routes that nobody hears of.
  expect(stepsOf(scene.app.services)).toEqual([
    'requestId',
    'securityHeaders',
    'access',
    'errors',
    'operate',
    'pinnedHost',
    'guardedInput',
    // The sessions API, whose operations have attacks of their own (api/bad-input.test.ts).
    'forSome',
    'serveAsset',
    'forSome',
    'forSome',
    'forSome',
    'tellClaims',
    'ahead',
    'introspect',
    'token',
    'unread',
    '',
  ])
})

for (const [route, sampleOf] of Object.entries(SAMPLES)) {
  test(`${route} answers bad input without a fault`, async ({ scene }) => {
    const [method = ''] = route.split(' ')
    const sample = { ...sampleOf(scene), method }
    const faults = await faultsOf(scene, attacksOn(sample, scene.host))

    expect(faults).toEqual([])
    expect(scene.logged.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
}

test('the server works as before', async ({ scene }) => {
  const { given, app } = scene
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client()
  await given.consent(user, workspace, client)
  const answer = await signIn({ issuer: app.url, ...client }, await given.browser(user))
  expect(answer.status).toBe(200)
})
