import { expect, test } from 'playwright/test'
import { parseAllowed, parseTarget, refusalOf } from '../../src/revocation/target.ts'

function judged(uri: string, addresses: readonly string[], allow: readonly string[] = []) {
  return refusalOf(new URL(uri), addresses, allow.map(parseAllowed))
}

const RP = 'https://rp.test/logout'

test.describe('an address', () => {
  const PUBLIC = [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ]
  for (const address of PUBLIC)
    test(`${address} may be reached`, () => {
      expect(judged(RP, [address])).toBeNull()
    })

  const FORBIDDEN = [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.77',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::808:808',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
  ]
  for (const address of FORBIDDEN)
    test(`${address} may not be reached`, () => {
      expect(judged(RP, [address])).toBe('address_forbidden')
    })

  test('is judged as what it carries: a public one through NAT64 or mapped may be reached', () => {
    expect(judged(RP, ['64:ff9b::808:808'])).toBeNull()
    expect(judged(RP, ['::ffff:8.8.8.8'])).toBeNull()
  })

  test('forbidden among others forbids them all', () => {
    expect(judged(RP, ['8.8.8.8', '10.0.0.1'])).toBe('address_forbidden')
  })

  test('must be there at all', () => {
    expect(judged(RP, [])).toBe('address_forbidden')
  })
})

test.describe('an allowed network', () => {
  test('covers what resolves into it', () => {
    expect(judged(RP, ['10.1.2.3'], ['10.1.0.0/16'])).toBeNull()
    expect(judged(RP, ['fd00:1::5'], ['fd00:1::/32'])).toBeNull()
  })

  test('covers nothing beside it, and no other family', () => {
    expect(judged(RP, ['10.2.0.1'], ['10.1.0.0/16'])).toBe('address_forbidden')
    expect(judged(RP, ['fd00:2::5'], ['fd00:1::/32'])).toBe('address_forbidden')
    expect(judged(RP, ['::1'], ['127.0.0.0/8'])).toBe('address_forbidden')
  })

  test('covers an address dressed as IPv6', () => {
    expect(judged(RP, ['::ffff:10.1.2.3'], ['10.1.0.0/16'])).toBeNull()
  })

  test('does not cover a private address that comes with one of it', () => {
    expect(judged(RP, ['10.1.2.3', '192.168.0.1'], ['10.1.0.0/16'])).toBe('address_forbidden')
  })

  test('lets public addresses stand beside it, by https', () => {
    expect(judged(RP, ['10.1.2.3', '8.8.8.8'], ['10.1.0.0/16'])).toBeNull()
    expect(judged('http://rp.test/', ['10.1.2.3', '8.8.8.8'], ['10.1.0.0/16'])).toBe(
      'https_required',
    )
  })

  test('of one address, with and without a port', () => {
    expect(judged(RP, ['127.0.0.1'], ['127.0.0.1'])).toBeNull()
    expect(judged(RP, ['127.0.0.2'], ['127.0.0.1'])).toBe('address_forbidden')
    expect(judged('http://x.test:81/', ['127.0.0.1'], ['127.0.0.1:81'])).toBeNull()
    expect(judged('http://x.test:82/', ['127.0.0.1'], ['127.0.0.1:81'])).toBe('address_forbidden')
    expect(judged('http://x.test:81/', ['::1'], ['[::1]:81'])).toBeNull()
    expect(judged('http://x.test:82/', ['::1'], ['[::1]:81'])).toBe('address_forbidden')
    expect(judged('http://x.test:82/', ['::1'], ['::1'])).toBeNull()
    expect(judged('http://x.test:82/', ['::1'], ['[::1]'])).toBeNull()
  })
})

test.describe('an allowed host', () => {
  test('may resolve to anything', () => {
    expect(judged(RP, ['10.1.2.3', '127.0.0.1'], ['rp.test'])).toBeNull()
  })

  test('is that very name', () => {
    for (const host of ['x.rp.test', 'rp.test.x', 'rp.tes', 'rp.test.'])
      expect(judged(`https://${host}/`, ['10.1.2.3'], ['rp.test'])).toBe('address_forbidden')
  })

  test('is known in any letter case', () => {
    expect(judged('https://RP.Test/', ['10.1.2.3'], ['rp.test'])).toBeNull()
  })

  test('with a port is that port, the usual one included', () => {
    expect(judged('https://rp.test:8443/', ['10.1.2.3'], ['rp.test:8443'])).toBeNull()
    expect(judged('https://rp.test/', ['10.1.2.3'], ['rp.test:443'])).toBeNull()
    expect(judged('http://rp.test/', ['10.1.2.3'], ['rp.test:80'])).toBeNull()
    expect(judged('https://rp.test/', ['10.1.2.3'], ['rp.test:8443'])).toBe('address_forbidden')
  })
})

test.describe('http without s', () => {
  test('is refused to public addresses', () => {
    expect(judged('http://rp.test/', ['8.8.8.8'])).toBe('https_required')
  })

  test('is good enough for allowed hosts and networks', () => {
    expect(judged('http://rp.test/', ['8.8.8.8'], ['rp.test'])).toBeNull()
    expect(judged('http://rp.test/', ['10.1.2.3'], ['10.0.0.0/8'])).toBeNull()
  })
})

test.describe('a URL', () => {
  test('carries no credentials', () => {
    expect(parseTarget('https://user@rp.test/')).toBe('credentials_in_url')
    expect(parseTarget('https://:secret@rp.test/')).toBe('credentials_in_url')
  })

  test('is of the web', () => {
    for (const uri of ['', 'rp.test', 'file:///etc/passwd', 'gopher://rp.test/', 'https://'])
      expect(parseTarget(uri)).toBe('unusable_url')
  })

  test('spells an address as the dialler will see it', () => {
    for (const host of ['0x7f.1', '2130706433', '0177.0.0.1', '127.1', '127.0.0.1.'])
      expect((parseTarget(`https://${host}/`) as URL).hostname).toBe('127.0.0.1')
  })
})
