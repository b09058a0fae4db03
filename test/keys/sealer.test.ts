import { expect, test } from 'playwright/test'
import { createSealer } from '../../src/keys/sealer.ts'
import { createSealingVersions, type VersionedSecret } from '../../src/keys/sealing-versions.ts'

const FIRST = { version: 1, secret: Buffer.alloc(32, 1) }
const SECOND = { version: 2, secret: Buffer.alloc(32, 2) }
const PLAIN = Buffer.from('a private key')
const sealerOf = (secrets: readonly VersionedSecret[], incarnation: string) =>
  createSealer(createSealingVersions(secrets), incarnation)
const PLACE = ['signing_key', 'kid-1']

test.describe('a sealer', () => {
  const sealer = sealerOf([FIRST], 'first')
  const sealed = sealer.seal('signing-key', PLACE, PLAIN)

  test('opens what it sealed, and so does another one of the same keys', () => {
    expect(sealer.open('signing-key', PLACE, sealed)).toEqual(PLAIN)
    expect(sealerOf([FIRST], 'first').open('signing-key', PLACE, sealed)).toEqual(PLAIN)
  })

  test('seals with the newest version and opens older ones', () => {
    const both = sealerOf([FIRST, SECOND], 'first')

    expect(both.open('signing-key', PLACE, sealed)).toEqual(PLAIN)
    expect(sealer.open('signing-key', PLACE, both.seal('signing-key', PLACE, PLAIN))).toBeNull()
    expect(sealerOf([SECOND], 'first').open('signing-key', PLACE, sealed)).toBeNull()
  })

  test('never opens as another kind, in another place, or in another incarnation', () => {
    expect(sealer.open('totp', PLACE, sealed)).toBeNull()
    expect(sealer.open('signing-key', ['signing_key', 'kid-2'], sealed)).toBeNull()
    expect(sealerOf([FIRST], 'second').open('signing-key', PLACE, sealed)).toBeNull()
  })

  test('never opens when any byte was changed or the end was cut', () => {
    for (let at = 0; at < sealed.length; at++) {
      const tampered = Buffer.from(sealed)
      tampered[at]! ^= 1
      expect(sealer.open('signing-key', PLACE, tampered), `byte ${at}`).toBeNull()
      expect(sealer.open('signing-key', PLACE, sealed.subarray(0, at)), `cut ${at}`).toBeNull()
    }
  })

  test('gives each process a key of its own', () => {
    const another = sealerOf([FIRST], 'first').seal('signing-key', PLACE, PLAIN)
    const again = sealer.seal('signing-key', PLACE, PLAIN)
    const streamOf = (bytes: Buffer) => bytes.toString('hex', 3, 19)

    expect(streamOf(again)).toBe(streamOf(sealed))
    expect(streamOf(another)).not.toBe(streamOf(sealed))
  })

  test('goes on when more streams were seen than are cached', () => {
    for (let i = 0; i < 1100; i++) {
      const other = sealerOf([FIRST], 'first').seal('signing-key', PLACE, PLAIN)
      expect(sealer.open('signing-key', PLACE, other)).toEqual(PLAIN)
    }
    expect(sealer.open('signing-key', PLACE, sealer.seal('signing-key', PLACE, PLAIN))).toEqual(
      PLAIN,
    )
  })
})
