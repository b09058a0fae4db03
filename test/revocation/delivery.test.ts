import { expect, test } from 'playwright/test'
import type { DeliveryId } from '../../src/ids.ts'
import { chooseDue, waitAfter } from '../../src/revocation/delivery.ts'

const THREE_DAYS = 72 * 3600

test.describe('waiting between attempts', () => {
  test('grows from seconds to an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((attempts) => waitAfter(attempts, THREE_DAYS))).toEqual([
      5, 30, 120, 600, 3600, 3600, 3600,
    ])
  })

  test('is over after three days', () => {
    // 5 + 30 + 120 + 600 + 71 × 3600 = 256 355; one hour more would be 259 955 > 259 200.
    expect(waitAfter(75, THREE_DAYS)).toBe(3600)
    expect(waitAfter(76, THREE_DAYS)).toBeNull()
  })

  test('is over after the time that was configured', () => {
    expect(waitAfter(2, 35)).toBe(30)
    expect(waitAfter(2, 34)).toBeNull()
  })
})

test.describe('choosing what to start', () => {
  const [a, b, c] = ['https://a.test/x', 'https://b.test/x', 'https://a.test/other']
  const due = (uri: string | null, name: string) => {
    return { id: name as DeliveryId, clientId: `client of ${uri}`, uri }
  }
  const names = (list: readonly { id: string }[]) => list.map(({ id }) => id)

  test('takes two of one host and holds the rest, whichever client they are of', () => {
    const all = [due(a, '1'), due(c, '2'), due(a, '3'), due(b, '4')]
    const { chosen, held } = chooseDue(all, { free: 8, busy: [] })
    expect(names(chosen)).toEqual(['1', '2', '4'])
    expect(names(held)).toEqual(['3'])
  })

  test('counts what is under way', () => {
    const all = [due(a, '1'), due(a, '2'), due(b, '3')]
    const { chosen, held } = chooseDue(all, { free: 8, busy: ['a.test'] })
    expect(names(chosen)).toEqual(['1', '3'])
    expect(names(held)).toEqual(['2'])
  })

  test('never takes more than there is room for', () => {
    const all = [due(a, '1'), due(b, '2'), due(a, '3')]
    expect(names(chooseDue(all, { free: 1, busy: [] }).chosen)).toEqual(['1'])
  })

  test('holds nothing back that goes nowhere', () => {
    const all = [due(null, '1'), due(null, '2'), due(null, '3')]
    expect(names(chooseDue(all, { free: 8, busy: ['', ''] }).chosen)).toEqual(['1', '2', '3'])
  })
})
