import { expect, test } from 'playwright/test'
import { countsLogins, limitsOf, strictestLimits } from '../../src/decisions/concurrency.ts'

const SERVER = { level: 'server', subject: '' } as const
const WORKSPACE = { level: 'workspace', subject: 'w' } as const
const deny = (max: number) => ({ max, onReaching: 'deny' }) as const

test.describe('a limit', () => {
  test('counts what lies within the level that sets it', () => {
    const all = {
      perUser: deny(1),
      perDeviceClass: deny(1),
      perWorkspace: deny(1),
      perClient: deny(1),
    }
    const within = (level: Parameters<typeof limitsOf>[0]['level']) =>
      limitsOf({ level, subject: 'x' }, all).map((limit) => limit.within.join(' '))
    expect(within('server')).toEqual(['user', 'device_class user', 'workspace', 'client'])
    expect(within('workspace')).toEqual([
      'user workspace',
      'device_class user workspace',
      'workspace',
      'client workspace',
    ])
    expect(within('role')).toEqual([
      'role user workspace',
      'device_class role user workspace',
      'role workspace',
      'client role workspace',
    ])
    expect(within('client')[0]).toBe('client user')
    expect(within('acr')[0]).toBe('acr user')
  })

  test('counts logins only where no workspace or client confines it', () => {
    const counts = (origin: Parameters<typeof limitsOf>[0]) =>
      limitsOf(origin, { perUser: deny(1), perDeviceClass: deny(1) }).map(countsLogins)
    expect(counts(SERVER)).toEqual([true, false])
    expect(counts({ level: 'acr', subject: 'x' })).toEqual([true, false])
    expect(counts(WORKSPACE)).toEqual([false, false])
  })
})

test.describe('of several limits', () => {
  test('that count the same the lowest wins, and its action with it', () => {
    const limits = strictestLimits([
      [SERVER, { perWorkspace: deny(50), perUser: deny(5) }],
      [WORKSPACE, { perWorkspace: { max: 20, onReaching: 'ask' } }],
    ])
    expect(limits).toMatchObject([
      { kind: 'perWorkspace', max: 20, onReaching: 'ask', origin: WORKSPACE },
      { kind: 'perUser', max: 5, origin: SERVER },
    ])
  })

  test('that are equal the more general is told', () => {
    const limits = strictestLimits([
      [SERVER, { perWorkspace: deny(20) }],
      [WORKSPACE, { perWorkspace: { max: 20, onReaching: 'ask' } }],
    ])
    expect(limits).toMatchObject([{ onReaching: 'deny', origin: SERVER }])
  })

  test('that count something else each holds for itself', () => {
    const role = (name: string) => ({ level: 'role', subject: `w/${name}` }) as const
    expect(
      strictestLimits([
        [SERVER, { perUser: deny(5) }],
        [WORKSPACE, { perUser: deny(2) }],
        [role('guest'), { perUser: deny(1) }],
        [role('clerk'), { perUser: deny(3) }],
      ]).map(({ max }) => max),
    ).toEqual([5, 2, 1, 3])
  })
})
