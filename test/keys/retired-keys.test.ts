import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { rotateNow, rotateSigningKeys } from '../../src/keys/signing-keys.ts'
import { type Party, send, signIn } from '../support/relying-party.ts'
import { type Browser, expect, type Given, type Node, test } from '../support/world.ts'

interface SignedIn {
  readonly party: Party
  readonly browser: Browser
  readonly idToken: string
  readonly kid: string
}

/** Somebody whose ID token is among the last that the first key has signed. */
async function signedInBefore(node: Node, given: Given): Promise<SignedIn> {
  const user = await given.user()
  const client = await given.client()
  await given.consent(user, await given.workspace(user), client)
  const party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  const browser = await given.browser(user)
  const { body } = await signIn(party, browser)
  const idToken = String(body.id_token)
  return { party, browser, idToken, kid: decodeProtectedHeader(idToken).kid ?? '' }
}

/** What the recurring work of a node does with the keys. */
async function work({ services }: Node): Promise<void> {
  await rotateSigningKeys(services, services.signingRotation)
  await services.oidc.refresh()
}

async function keySet({ issuer }: Node) {
  const response = await fetch(`${issuer}/.well-known/jwks.json`)
  return (await response.json()) as Parameters<typeof createLocalJWKSet>[0]
}

async function kids(node: Node): Promise<unknown[]> {
  return (await keySet(node)).keys.map(({ kid }) => kid)
}

test.describe('a signing key that was retired', () => {
  test('verifies until its last token is over and then leaves', async ({ node, given, pass }) => {
    const { idToken, kid } = await signedInBefore(node, given)
    await rotateNow(node.services, node.services.signingRotation)
    await pass('311s')
    await work(node)
    expect((await signedInBefore(node, given)).kid).not.toBe(kid)

    await pass('1h')
    await work(node)
    const verified = await jwtVerify(idToken, createLocalJWKSet(await keySet(node)))
    expect(verified.protectedHeader.kid).toBe(kid)

    await pass('24h')
    await work(node)
    expect(await kids(node)).not.toContain(kid)
  })

  test('has no private half any more, while it is still published', async ({
    node,
    given,
    pass,
  }) => {
    const { kid } = await signedInBefore(node, given)
    await rotateNow(node.services, node.services.signingRotation)
    await pass('330s')
    await work(node)

    const { prisma } = node.services.db
    expect(await prisma.signingKey.findUniqueOrThrow({ where: { kid } })).toMatchObject({
      privateSealed: null,
    })
    expect(await kids(node)).toContain(kid)
  })

  test('is good for a hint at logout as long as a session may live', async ({
    node,
    given,
    database,
    pass,
  }) => {
    const { browser, idToken } = await signedInBefore(node, given)
    await rotateNow(node.services, node.services.signingRotation)
    // In use all the while, so that nothing but the absolute end is near.
    for (const hours of [6, 6, 6, 5]) {
      await pass(`${hours}h`)
      await database.pool.query(
        'UPDATE session SET last_seen_at = now(); UPDATE login SET last_seen_at = now()',
      )
      await work(node)
    }

    const path = `/oauth2/logout?${new URLSearchParams({ id_token_hint: idToken })}`
    const headers = { cookie: browser.cookie }
    const { status } = await send(node, { method: 'GET', path, headers })

    expect(status).toBe(200)
    const { rows } = await database.pool.query('SELECT end_cause FROM login')
    expect(rows).toEqual([{ end_cause: 'logout' }])
  })
})
