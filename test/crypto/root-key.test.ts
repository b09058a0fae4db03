import { inspect } from 'node:util'
import { expect, test } from 'playwright/test'
import { localRootKeys, RootVersionMissing } from '../../src/crypto/root-key.ts'

const OLD = { secret: Buffer.from(Array.from({ length: 32 }, (_, index) => index)) }
const NEW = { secret: Buffer.alloc(32, 0xab), createdAt: new Date('2026-02-01T00:00:00Z') }
const PLAIN = Buffer.from('the secret of a session, 32 byte')

test.describe('local root keys', () => {
  test('wrap under the first and unwrap under all', async () => {
    const before = localRootKeys([OLD])
    const after = localRootKeys([NEW, OLD])
    const wrapped = await before.wrap(PLAIN, ['epoch', 'e1'])

    expect(wrapped.version).toBe('38d8b8c63f6f69e6')
    expect(await after.unwrap(wrapped, ['epoch', 'e1'])).toEqual(PLAIN)
    expect((await after.wrap(PLAIN, [])).version).toBe(after.currentVersion)
    expect(after.currentVersion).not.toBe(before.currentVersion)
  })

  test('name their versions', () => {
    const keys = localRootKeys([NEW, OLD])

    expect(keys.has('38d8b8c63f6f69e6')).toBe(true)
    expect(keys.has('0000000000000000')).toBe(false)
    expect(keys.versions()).toEqual([
      { version: keys.currentVersion, createdAt: new Date('2026-02-01T00:00:00Z') },
      { version: '38d8b8c63f6f69e6' },
    ])
  })

  test('say which version is missing', async () => {
    const wrapped = await localRootKeys([OLD]).wrap(PLAIN, [])
    const unwrapped = localRootKeys([NEW]).unwrap(wrapped, [])

    await expect(unwrapped).rejects.toBeInstanceOf(RootVersionMissing)
    await expect(unwrapped).rejects.toMatchObject({
      code: 'unavailable',
      version: '38d8b8c63f6f69e6',
    })
  })

  test('do not unwrap what was altered, moved, or renamed to another version', async () => {
    const keys = localRootKeys([NEW, OLD])
    const { version, bytes } = await keys.wrap(PLAIN, ['epoch', 'e1'])
    const altered = Buffer.from(bytes)
    altered[20]! ^= 1

    await expect(keys.unwrap({ version, bytes: altered }, ['epoch', 'e1'])).rejects.toThrow()
    await expect(keys.unwrap({ version, bytes }, ['epoch', 'e2'])).rejects.toThrow()
    const renamed = { version: '38d8b8c63f6f69e6', bytes }
    await expect(keys.unwrap(renamed, ['epoch', 'e1'])).rejects.toThrow()
  })

  test('refuse no key and a short key', () => {
    expect(() => localRootKeys([])).toThrow(RangeError)
    expect(() => localRootKeys([{ secret: Buffer.alloc(31) }])).toThrow(RangeError)
  })

  test('print no key', () => {
    const printed = inspect(localRootKeys([OLD]), { depth: 9, showHidden: true })
    expect(printed).not.toMatch(/Buffer|00 01 02|Map/)
  })
})
