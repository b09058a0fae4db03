import { expect, test } from 'playwright/test'
import { networkOf } from '../../src/users/network.ts'

const networks: readonly [string, string][] = [
  ['203.0.113.77', '203.0.113.77'],
  ['::ffff:203.0.113.77', '203.0.113.77'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  ['not an address', 'unknown'],
  ['', 'unknown'],
]

test.describe('the network of an address', () => {
  for (const [address, network] of networks) {
    test(`is ${network} for "${address}"`, () => {
      expect(networkOf(address)).toBe(network)
    })
  }
})
