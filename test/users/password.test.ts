import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'playwright/test'
import { createPasswords } from '../../src/users/password.ts'
import { argon2Runs, CHEAP } from './fixture.ts'

const passwords = createPasswords(CHEAP)

test.describe('a password hash', () => {
  test('is argon2id with the parameters of the configuration', async () => {
    const hash = await createPasswords({ ...CHEAP, memoryKiB: 2048, iterations: 3 }).hash('secret')

    expect(hash).toMatch(/^\$argon2id\$v=19\$m=2048,p=1,t=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  })

  test('is another each time, and each verifies', async () => {
    const hashes = await Promise.all([passwords.hash('secret'), passwords.hash('secret')])

    expect(hashes[0]).not.toBe(hashes[1])
    expect(await passwords.verify(hashes[0], 'secret')).toBe(true)
    expect(await passwords.verify(hashes[1], 'secret')).toBe(true)
    expect(await passwords.verify(hashes[0], 'Secret')).toBe(false)
  })

  test('verifies a published one (argon2 reference, test.c)', async () => {
    const published =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

    expect(await passwords.verify(published, 'password')).toBe(true)
    expect(await passwords.verify(published, 'passwore')).toBe(false)
  })

  const ages: readonly [string, Partial<typeof CHEAP>, boolean][] = [
    ['the same', {}, false],
    ['more memory', { memoryKiB: 2048 }, true],
    ['more iterations', { iterations: 3 }, true],
    ['more lanes', { parallelism: 2 }, true],
    ['less of all', { memoryKiB: 512, iterations: 1 }, false],
  ]
  for (const [name, change, outdated] of ages) {
    test(`is ${outdated ? '' : 'not '}outdated where the configuration asks for ${name}`, async () => {
      const hash = await passwords.hash('secret')

      expect(createPasswords({ ...CHEAP, ...change }).isOutdated(hash)).toBe(outdated)
    })
  }
})

test.describe('verifying without a hash', () => {
  test('is false, and is one call of argon2 like any other', async () => {
    const runs = await argon2Runs(async () => expect(await passwords.verify(null, '')).toBe(false))

    expect(runs).toBe(1)
  })
})

test.describe('a burst of hashes', () => {
  test('does not make a file wait for its end', async () => {
    const slow = createPasswords({ ...CHEAP, memoryKiB: 32_768 })
    let ended = 0
    const burst = Array.from({ length: 16 }, () => slow.hash('secret').then(() => (ended += 1)))
    // By now the first hashes have their salts and stand in line for a thread.
    await setTimeout(10)

    await readFile(import.meta.filename)

    expect(ended).toBeLessThan(8)
    await Promise.all(burst)
  })
})
