import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'playwright/test'
import { startDemo } from '../../src/demo/start.ts'

const NOTES = { name: 'Notes', port: 0, clientId: 'notes', clientSecret: 'secret' } as const

test.describe('starting the sample applications', () => {
  test('needs no provider yet, and closing cuts open streams', async () => {
    const demo = await startDemo({ issuer: 'http://localhost:1', apps: [NOTES] })
    const [notes] = demo.addresses
    const page = await fetch(`${notes}/`)
    expect(notes).toMatch(/^http:\/\/localhost:\d+$/)
    expect(page.status).toBe(200)

    await demo.close()
    await expect(fetch(`${notes}/`)).rejects.toThrow()
  })

  test('is all or nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const starting = startDemo({
      issuer: 'http://localhost:1',
      host: '127.0.0.1',
      apps: [NOTES, { ...NOTES, name: 'Billing', port }],
    })

    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' })
    other.close()
  })

  for (const issuer of ['http://192.0.2.1', 'http://localhost.evil.example', 'ftp://localhost'])
    test(`refuses ${issuer}, where anybody could stand between`, async () => {
      await expect(startDemo({ issuer, apps: [NOTES] })).rejects.toThrow()
    })
})
