import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, json, test } from './fixture.ts'

const AAL2 = 'urn:sojourn:aal2'

interface Shown {
  readonly level: string
  readonly subject: string
  readonly rules: object
  readonly built_in: boolean
}

test.describe('policy', () => {
  test('set says what each level holds, and explain which of them won', async ({ sojourn }) => {
    const { id: workspace_id } = json(
      await sojourn('workspace create atelier --name Atelier --json'),
    )
    await sojourn('client create --id notes --name Notes --redirect-uri https://notes.example/cb')
    await sojourn('user create ada --external-id ada --no-password --member atelier:editor')

    const set = (rest: string) => sojourn(`policy set ${rest} --json`)
    expect(
      json(await set('workspace atelier --rule idle_timeout=20m --rule max_renewals=3')),
    ).toEqual({
      level: 'workspace',
      subject: workspace_id,
      rules: { idle_timeout: 1_200, max_renewals: 3 },
    })
    await set('role atelier/editor --rule idle_timeout=10m')
    await set('client notes --rule elevation_reason=true')
    await set(`acr ${AAL2} --rule absolute_timeout=2h`)

    const of = async (rest: string) =>
      json(await sojourn(`policy explain --workspace atelier ${rest} --json`)).rules
    expect(await of('')).toMatchObject({
      idle_timeout: { value: 1_200, level: 'workspace', subject: workspace_id },
      max_renewals: { value: 3, level: 'workspace' },
      token_lifetime: { level: 'server', subject: '' },
    })
    expect(await of('--user ada')).toMatchObject({
      idle_timeout: { value: 600, level: 'role', subject: 'editor' },
    })
    expect(await of(`--client notes --acr ${AAL2}`)).toMatchObject({
      elevation_reason: { value: true, level: 'client' },
      absolute_timeout: { value: 7_200, level: 'acr', subject: AAL2 },
    })
  })

  test('set takes limits on sessions as JSON, and list and explain tell them', async ({
    sojourn,
  }) => {
    const limits = {
      per_user: {
        max: 2,
        on_reaching: 'evict_lowest_priority',
        priorities: { role: { admin: 9 }, device_class: { desktop: 1 } },
      },
      per_client: { max: 50, on_reaching: 'deny' },
    }
    await sojourn('workspace create atelier --name Atelier')
    const rule = `concurrent_sessions=${JSON.stringify(limits)}`
    const set = json(await sojourn(`policy set workspace atelier --rule ${rule} --json`))
    expect(set.rules).toEqual({ concurrent_sessions: limits })
    const { policies } = json(await sojourn('policy list --level workspace --json'))
    expect(policies[0].rules).toEqual({ concurrent_sessions: limits })

    const explained = await sojourn('policy explain --workspace atelier')
    expect(explained.out).toMatch(/per_user +2, then evict_lowest_priority +workspace/)
    const wrong = 'concurrent_sessions={"per_user":{"max":0,"on_reaching":"deny"}}'
    expect((await sojourn(`policy set workspace atelier --rule ${wrong} --json`)).code).toBe(2)
  })

  test('set takes the place of what was said, and remove of all of it', async ({
    sojourn,
    database,
  }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('policy set workspace atelier --rule idle_timeout=20m')
    await sojourn('policy set workspace atelier --rule max_renewals=3')
    const stored = async () =>
      (json(await sojourn('policy list --level workspace --json')).policies as Shown[]).map(
        ({ rules }) => rules,
      )
    expect(await stored()).toEqual([{ max_renewals: 3 }])
    expect(json(await sojourn('policy remove workspace atelier --json')).removed).toBe(true)
    expect(json(await sojourn('policy remove workspace atelier --json')).removed).toBe(false)
    expect(await stored()).toEqual([])
    const { rows } = await database.pool.query(
      `SELECT action, actor_kind, workspace_id IS NOT NULL AS placed FROM entry
       WHERE subject_kind = 'policy' ORDER BY seq`,
    )
    const told = (action: string) => ({ action, actor_kind: 'operator', placed: true })
    expect(rows).toEqual([told('policy.set'), told('policy.set'), told('policy.removed')])
  })

  test('list shows the server first, and what is built in until somebody says otherwise', async ({
    sojourn,
  }) => {
    const list = async () => json(await sojourn('policy list --json')).policies as Shown[]
    const builtIn = { absolute_timeout: 86_400, idle_timeout: 3_600 }
    const [server, ...others] = await list()
    expect(server).toMatchObject({ level: 'server', subject: '', rules: { idle_timeout: 1_800 } })
    expect(others.at(-1)).toEqual({ level: 'acr', subject: AAL2, rules: builtIn, built_in: true })

    await sojourn(`policy set acr ${AAL2} --rule idle_timeout=2h`)
    const now = (await list()).find(({ subject }) => subject === AAL2)
    expect(now).toMatchObject({ rules: { ...builtIn, idle_timeout: 7_200 }, built_in: false })
    expect((await sojourn('policy list')).out).toContain('(built in)')
  })

  test('set reads rules from a file in the form of the API', async ({ sojourn, folder }) => {
    await sojourn('workspace create atelier --name Atelier')
    const file = join(folder, 'rules.json')
    await writeFile(file, '{ "idle_timeout": 600, "max_renewals": 9 }')
    const set = await sojourn(
      `policy set workspace atelier --rules ${file} --rule max_renewals=2 --json`,
    )
    expect(json(set).rules).toEqual({ idle_timeout: 600, max_renewals: 2 })
  })

  for (const [what, line, code, error] of [
    ['the server', 'set server x --rule idle_timeout=10m', 1, 'invalid_request'],
    ['an unknown level', 'set house x --rule idle_timeout=10m', 2, 'usage'],
    ['an unknown workspace', 'set workspace x --rule idle_timeout=10m', 1, 'workspace_not_found'],
    ['an unknown client', 'set client x --rule idle_timeout=10m', 1, 'client_not_found'],
    ['a role of no workspace', 'set role editor --rule idle_timeout=10m', 2, 'usage'],
    ['an unknown acr', 'set acr gold --rule idle_timeout=10m', 1, 'invalid_request'],
    ['an unknown rule', 'set workspace x --rule idle=10m', 2, 'usage'],
    ['a rule of another kind', 'set workspace x --rule elevation_reason=10m', 2, 'usage'],
    ['a value below zero', 'set workspace x --rule max_renewals=-1', 2, 'usage'],
    ['no rule', 'set workspace x', 2, 'usage'],
    ['a rule without a value', 'set workspace x --rule idle_timeout', 2, 'usage'],
    ['a file that is not there', 'set workspace x --rules /nowhere.json', 2, 'usage'],
    ['an explanation of nothing', 'explain', 1, 'workspace_required'],
    ['an explanation of no session', 'explain --session ses_x', 1, 'session_not_found'],
  ] as const)
    test(`refuses ${what}`, async ({ sojourn }) => {
      const ran = await sojourn(`policy ${line} --json`)
      expect([ran.code, JSON.parse(ran.err).error]).toEqual([code, error])
    })

  test('tells its levels and rules with --help', async ({ sojourn }) => {
    const { out } = await sojourn('policy set --help')
    for (const word of ['workspace', 'role', 'idle_timeout', 'max_renewals', 'configuration'])
      expect(out).toContain(word)
  })
})
