import { endSession } from '../../../src/sessions/ending/end.ts'
import { openProxy } from '../../support/database-proxy.ts'
import { startNode } from '../../support/world.ts'
import { bounded, expect, type Scene, sceneOn, test } from './bounded-stage.ts'

// A statement that is under way must fail before the test gives up on it.
const HASTY = 'database: { queue_timeout: 1s, statement_timeout: 3s, lock_timeout: 2s }\n'

/** What a validation is answered with: `yes`, `no`, or the status where that is neither. */
async function ask({ api, sessionToken }: Scene, consistency: string): Promise<string> {
  const body = { session_token: sessionToken, consistency }
  const answer = await api.call('POST', '/sessions/validation', body)
  if (answer.status !== 200) return String(answer.status)
  return answer.body.is_valid ? 'yes' : 'no'
}

test.describe('a database that is away', () => {
  test('is a 503 and no answer, until it is back', async ({ database }) => {
    const way = await openProxy(database.url)
    const node = await startNode(database, HASTY, way.url)
    const scene = await sceneOn(node)
    expect(await ask(scene, 'strong')).toBe('yes')

    await way.goDown()
    for (let at = 0; at < 5; at += 1) expect(await ask(scene, 'strong')).toBe('503')
    const body = { session_token: scene.sessionToken }
    const { headers, body: problem } = await scene.api.call('POST', '/sessions/validation', body)
    expect([problem.code, Number(headers.get('retry-after')) > 0]).toEqual(['unavailable', true])

    await way.comeUp()
    await expect.poll(() => ask(scene, 'strong')).toBe('yes')
    await node.close()
    await way.goDown()
  })

  test('lets bounded answers go on until the bound is over, and never longer', async ({
    database,
  }) => {
    const way = await openProxy(database.url)
    const node = await startNode(database, `${HASTY}${bounded('3s')}`, way.url)
    const scene = await sceneOn(node)
    await scene.remembered()

    await way.goDown()
    const down = performance.now()
    const answers: { readonly at: number; readonly answer: string }[] = []
    while (performance.now() - down < 6_000)
      answers.push({ at: performance.now() - down, answer: await ask(scene, 'bounded') })

    expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set(['yes', '503']))
    expect(answers[0]?.answer).toBe('yes')
    expect(answers.filter(({ at, answer }) => answer === 'yes' && at > 3_000)).toEqual([])
    expect(await ask(scene, 'strong')).toBe('503')

    await way.comeUp()
    await expect.poll(() => ask(scene, 'bounded')).toBe('yes')
    await scene.remembered()
    await node.close()
    await way.goDown()
  })

  test('takes an end that came meanwhile into account as soon as it is back', async ({
    database,
  }) => {
    const way = await openProxy(database.url)
    const node = await startNode(database, `${HASTY}${bounded('1m')}`, way.url)
    const scene = await sceneOn(node)
    await scene.remembered()

    await way.goDown()
    const ending = { cause: 'administrator', by: { kind: 'operator' } } as const
    expect(await endSession(database, scene.sessionId, ending)).not.toBeNull()
    expect(await ask(scene, 'bounded')).toBe('yes')
    await way.comeUp()
    await expect.poll(() => ask(scene, 'bounded')).toBe('no')
    await node.close()
    await way.goDown()
  })
})
