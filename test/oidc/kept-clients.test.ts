import { type Party, post } from '../support/relying-party.ts'
import { expect, test } from '../support/world.ts'

const SERVICE = { grant_types: ['authorization_code', 'client_credentials'] }
const ask = (party: Party) =>
  post(party, '/oauth2/token', { grant_type: 'client_credentials' }).then(({ status }) => status)

test.describe('what is kept of a client', () => {
  test('never outlives a change of it', async ({ node, given }) => {
    const { pool } = node.services
    const client = await given.client(SERVICE)
    const party = { issuer: node.issuer, ...client }
    const set = (sql: string) => pool.query(`UPDATE client SET ${sql} WHERE id = $1`, [client.id])
    expect(await ask(party)).toBe(200)

    await set(`metadata = metadata || '{"grant_types": ["authorization_code"]}'`)
    expect(await ask(party)).toBe(400)
    await set(`metadata = metadata || '{"grant_types": ["client_credentials"]}'`)
    expect(await ask(party)).toBe(200)
    await set(`secret_hash = '\\x00'`)
    expect(await ask(party)).toBe(401)
    await set('disabled_at = now()')
    expect(await ask(party)).toBe(401)
    await pool.query('DELETE FROM client WHERE id = $1', [client.id])
    expect(await ask(party)).toBe(401)
  })

  test('holds for more clients than the library remembers', async ({ node, given }) => {
    const clients = []
    for (let made = 0; made < 120; made++) clients.push(await given.client(SERVICE))
    for (const client of [...clients, ...clients.toReversed()])
      expect(await ask({ issuer: node.issuer, ...client })).toBe(200)
  })
})
