import { createHash } from 'node:crypto'
import { relyingParty } from '../revocation/relying-party.ts'
import { expect, type Given, type Node, test } from '../support/world.ts'
import { collectObjections } from './objections.ts'

const answers = () => ({ status: 200 })

/** An application that wants its answers posted, and the address that asks for one. */
async function askToPost({ issuer }: Node, given: Given, path: string) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const party = await relyingParty(answers)
  const redirect = `http://127.0.0.1:${party.port}${path}`
  const client = await given.client({ redirect_uris: [redirect] })
  await given.consent(user, workspace, client)
  const query = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    response_mode: 'form_post',
    redirect_uri: redirect,
    scope: 'openid',
    state: 'a "quoted" state',
    prompt: 'none',
    code_challenge: createHash('sha256').update('x').digest('base64url'),
    code_challenge_method: 'S256',
  })
  const { cookie } = await given.browser(user)
  const cookies = cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: issuer }
  })
  return { party, cookies, address: `${issuer}/oauth2/authorize?${query}` }
}

test('an answer that a client wants posted gets there by itself', async ({
  page,
  context,
  node,
  given,
}) => {
  const { party, cookies, address } = await askToPost(node, given, '/callback')
  const objections = await collectObjections(context)
  await context.addCookies(cookies)
  const shown = page.waitForResponse((response) => response.url().startsWith(node.issuer))

  await page.goto(address)

  await expect.poll(() => party.received.length).toBe(1)
  const { method, body } = party.received[0]!
  const told = new URLSearchParams(body)
  expect([method, told.get('state'), told.get('iss')]).toEqual([
    'POST',
    'a "quoted" state',
    node.issuer,
  ])
  expect(told.get('code')).toMatch(/^[\w-]{20,}$/)
  const policy = (await shown).headers()['content-security-policy']
  expect(policy).toMatch(/^default-src 'none'.*script-src 'sha256-[\w+/=]{44}'/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(objections).toEqual([])
  await party.close()
})

test('so does a refusal', async ({ page, node, given }) => {
  const { party, address } = await askToPost(node, given, '/callback')

  await page.goto(address)

  await expect.poll(() => party.received.length).toBe(1)
  expect(new URLSearchParams(party.received[0]!.body).get('error')).toBe('login_required')
  await party.close()
})
