import { expect, test } from 'playwright/test'
import { allowedTargets, host } from '../../src/config/network-kinds.ts'

test.describe('the list of private targets', () => {
  const taken: readonly [unknown, string[]][] = [
    ['', []],
    [[], []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.1.2.3, rp.internal:8443', ['10.1.2.3', 'rp.internal:8443']],
    [
      ['RP', '10.1.2.3:81'],
      ['rp', '10.1.2.3:81'],
    ],
    [
      ['fd00::/8', 'fd00::1', '[::1]:8080'],
      ['fd00::/8', 'fd00::1', '[::1]:8080'],
    ],
    [['127.0.0.1/32'], ['127.0.0.1/32']],
  ]
  for (const [written, targets] of taken) {
    test(`takes ${JSON.stringify(written)}`, () => {
      expect(allowedTargets.parse(written)).toEqual(targets)
    })
  }

  const refused: readonly unknown[] = [
    '0.0.0.0/0',
    '::/0',
    '10.1.2.3/8',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.1',
    '10.1',
    '0x7f000001',
    '0x7f.1',
    '1.2.3.256',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    'rp.internal:0',
    'rp.internal:65536',
    'http://rp.internal',
    'rp.internal/path',
    'user@rp.internal',
    '*.internal',
    '-rp',
    'rp..internal',
    'a,,b',
    `${'a'.repeat(64)}.internal`,
    [1],
    { a: 1 },
    5,
  ]
  for (const written of refused) {
    test(`refuses ${JSON.stringify(written)}`, () => {
      expect(allowedTargets.safeParse(written).success).toBe(false)
    })
  }

  test('names each bad entry by its place', () => {
    const { error } = allowedTargets.safeParse(['10.0.0.0/8', '0.0.0.0/0', 'x y'])
    expect(error?.issues.map((issue) => issue.message.slice(0, 7))).toEqual(['entry 2', 'entry 3'])
  })
})

test.describe('a host to listen on', () => {
  test('is an address or a name', () => {
    for (const value of ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'Node-1.internal'])
      expect(host.safeParse(value).success, value).toBe(true)
    for (const value of ['', 'a b', '[::1]', 'localhost:80', '127.1', 'x/y'])
      expect(host.safeParse(value).success, value).toBe(false)
  })
})
