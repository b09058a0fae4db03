import { expect } from 'playwright/test'
import { test } from './bad-input/staged.ts'

const REDIRECT = encodeURIComponent('https://elsewhere.example/')

test.describe('what the protocol refuses', () => {
  test('is told in the log with its reason, and no more of the request', async ({ scene }) => {
    const { host, logged, party } = scene
    const ask = async (path: string, init: RequestInit = {}) => {
      const before = logged.length
      const answer = await fetch(`http://${host}${path}`, { redirect: 'manual', ...init })
      await answer.text()
      const line = logged.slice(before).find(({ msg }) => msg === 'answered')
      return {
        status: line?.status,
        error: line?.error,
        reason: line?.reason,
        client: line?.client,
      }
    }
    const form = (fields: Record<string, string>) => ({
      method: 'POST',
      body: new URLSearchParams(fields),
    })
    const { clientId } = party
    const unknown = await ask('/oauth2/authorize?client_id=nobody&response_type=code&scope=openid')
    expect(unknown).toEqual({ status: 400, error: 'invalid_client', reason: 'client not found' })
    expect(
      await ask(
        `/oauth2/authorize?client_id=${clientId}&response_type=code&scope=openid&redirect_uri=${REDIRECT}`,
      ),
    ).toMatchObject({ status: 400, error: 'invalid_redirect_uri', client: clientId })
    expect(
      await ask(
        '/oauth2/token',
        form({ grant_type: 'refresh_token', refresh_token: 's3cr3t', client_id: 'nobody' }),
      ),
    ).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(
      await ask('/oauth2/introspect', form({ token: 'sat_s3cr3t', client_id: 'nobody' })),
    ).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(JSON.stringify(logged)).not.toContain('s3cr3t')
    expect(JSON.stringify(logged)).not.toContain('elsewhere')
  })

  for (const [what, query, words] of [
    [
      'an unknown application',
      'client_id=nobody&response_type=code&scope=openid',
      'This application is not registered here',
    ],
    [
      'an address that is not registered',
      `response_type=code&scope=openid&redirect_uri=${REDIRECT}&client_id=`,
      'We cannot send you back to that address',
    ],
  ] as const)
    test(`is told to people: ${what}`, async ({ scene: { host, party } }) => {
      const end = query.endsWith('=') ? party.clientId : ''
      const answer = await fetch(`http://${host}/oauth2/authorize?${query}${end}`, {
        headers: { accept: 'text/html' },
        redirect: 'manual',
      })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain(words)
    })
})
