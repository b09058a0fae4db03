import { introspect, type Party, send, signIn } from '../support/relying-party.ts'
import { expect, test } from '../support/world.ts'

test.describe('introspections that share a statement', () => {
  test('are not spoilt by a stranger whose client_id holds a null byte', async ({
    node,
    given,
  }) => {
    const user = await given.user()
    const client = await given.client()
    await given.consent(user, await given.workspace(user), client)
    const party: Party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
    const { body } = await signIn(party, await given.browser(user))
    const token = String(body.access_token)

    const hostile = () =>
      send(party, {
        method: 'POST',
        path: '/oauth2/introspect',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(`client_id=%00&client_secret=x&token=${token}`.length),
        },
        body: `client_id=%00&client_secret=x&token=${token}`,
      })
    const [honest, refused] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => introspect(party, token))),
      Promise.all(Array.from({ length: 5 }, hostile)),
    ])

    expect(honest.map(({ body: answer }) => answer.active)).toEqual(Array(20).fill(true))
    for (const { status } of refused) expect([400, 401]).toContain(status)
  })
})
