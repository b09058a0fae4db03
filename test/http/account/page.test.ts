import { recordConsent } from '../../../src/consent/record-consent.ts'
import { statements } from '../../../src/database/pool.ts'
import { formatId, type SessionId } from '../../../src/ids.ts'
import { createSession } from '../../../src/sessions/manager/create-session.ts'
import { workspacesOf } from '../../../src/workspaces/find-membership.ts'
import { expect, type House, test, toldTo } from '../interactions/house.ts'
import { act, FIREFOX, IPHONE, type Person, personIn, sectionOf } from './person.ts'

test.describe('this browser and the others', () => {
  test('are told apart, each by what it is and where it logged in', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    const [here, there] = [await ada.browser(FIREFOX), await ada.browser(IPHONE)]
    const page = await here.get('/account')
    expect(sectionOf(page, 'here')).toContain(
      'Firefox on Windows You are here From 127.0.0.1 Logged in just now Last used just now',
    )
    expect(sectionOf(page, 'others')).toContain(
      'Safari on iPhone From 127.0.0.1 Logged in just now',
    )
    expect(sectionOf(page, 'others')).toMatch(
      /Log out Safari on iPhone .* old-mill .* Used by Notes/,
    )
    expect(sectionOf(page, 'others')).not.toContain('Firefox')
    expect(sectionOf(await there.get('/account'), 'here')).toContain('Safari on iPhone')
  })

  test("say nothing of anybody else's", async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    await (await personIn(house, 'eve', 'lantern-row')).browser(IPHONE)
    const page = await (await ada.browser(FIREFOX)).get('/account')
    expect(sectionOf(page, 'others')).toContain('You are logged in nowhere else.')
    expect(page.text).not.toContain('lantern-row')
  })

  test('are listed while they live, and no longer', async ({ house, pass }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    await ada.browser(IPHONE)
    await pass('61m')
    const page = await (await ada.browser(FIREFOX)).get('/account')
    expect(sectionOf(page, 'others')).toContain('You are logged in nowhere else.')
  })

  test('show a session that another browser opened', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    await house.consent(ada.user, await house.workspace('Lantern Row', ada.user), ada.notes)
    const here = await ada.browser(FIREFOX)
    const thief = house.visitor(IPHONE)
    for (const name of [house.cookieName, `${house.cookieName}.sig`])
      thief.setCookie(name, here.cookie(name) ?? '')
    const stolen = await house.arrive(thief, ada.notes, {
      prompt: 'none',
      workspace: 'lantern-row',
    })
    expect(toldTo(stolen.seen)).toHaveProperty('code')
    const owner = house.visitor(FIREFOX)
    for (const name of [house.cookieName, `${house.cookieName}.sig`])
      owner.setCookie(name, thief.cookie(name) ?? '')
    const words = sectionOf(await owner.get('/account'), 'here')
    expect(words).toContain(
      'Opened by another browser: Safari on iPhone End the session in Lantern Row',
    )
    expect(words.match(/Opened by/g)).toHaveLength(1)
  })

  test('are shown without what their keys do not open any more', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    const here = await ada.browser(FIREFOX)
    await ada.browser(IPHONE)
    const { pool } = house.app.services
    await pool.query(`UPDATE login SET root_version = 'gone', secret_wrapped = '\\x01'`)
    await pool.query(`UPDATE session SET context_sealed = '\\x0102'`)
    const page = await here.get('/account')
    expect(page.status).toBe(200)
    expect(sectionOf(page, 'here')).toContain('An unknown browser You are here Logged in just now')
    expect(sectionOf(page, 'others')).toContain('An unknown browser Logged in just now')
  })
})

test.describe('applications that keep access', () => {
  test('are told with their workspace and their ends', async ({ house, pass }) => {
    const { ada, here } = await away(house)
    expect(sectionOf(await here.get('/account'), 'kept')).toMatch(
      /Notes In old-mill Since just now Last used just now Ends in 29 days if unused, else in 89 days End access of Notes to old-mill/,
    )
    await pass('3d')
    const later = await ada.browser(FIREFOX)
    expect(sectionOf(await later.get('/account'), 'kept')).toMatch(
      /Since 3 days ago Last used 3 days ago Ends in 26 days if unused, else in 86 days/,
    )
  })
})

test.describe('applications that were allowed', () => {
  test('are told with what they may do, in the words of the question', async ({ house }) => {
    const { ada, here } = await away(house)
    await house.resource('https://billing.example/', 'Billing API', ['invoices:read'])
    const [{ workspaceId } = { workspaceId: '' }] =
      await house.app.services.db.prisma.consent.findMany()
    await recordConsent(house.app.services.db, {
      userId: ada.user.id,
      workspaceId: workspaceId as never,
      clientId: ada.notes.id,
      scopes: {
        openid: ['email'],
        resources: { 'https://billing.example/': ['invoices:read'], 'https://gone.example/': [] },
      },
      by: { kind: 'user', id: ada.user.id },
    })
    const words = sectionOf(await here.get('/account'), 'consents')
    expect(words).toContain('Notes In old-mill Allowed just now What it may do')
    expect(words).toContain('Your email address, and whether it is confirmed email')
    expect(words).toContain('Use Billing API for you What Billing API calls invoices:read')
    expect(words).toContain('Use https://gone.example/ for you')
    expect(words).toContain('Work while you are away')
  })

  test('are gone once they are withdrawn', async ({ house }) => {
    const { ada, here } = await away(house)
    const [consent = ''] = (await ada.ids()).consents
    const page = await act(here, '/account/withdraw', { consent })
    expect(new URL(page.address).hash).toBe('#consents')
    expect(sectionOf(page, 'consents')).toContain('You have let no application in.')
    expect(sectionOf(page, 'kept')).toContain('No application works for you')
  })
})

test.describe('sessions that services opened', () => {
  test('are told with their service, and are ended like the others', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    const here = await ada.browser(FIREFOX)
    expect((await here.get('/account')).text).not.toContain('that services opened')
    const id = await openedByService(house, ada)
    const page = await here.get('/account')
    expect(sectionOf(page, 'services')).toMatch(
      /Back office In old-mill Since just now Last used just now Ends in .* End of Back office in old-mill/,
    )
    const after = await act(here, '/account/end-elsewhere', { session: formatId('ses', id) })
    expect(new URL(after.address).hash).toBe('#services')
    expect(after.text).not.toContain('that services opened')
    const row = await house.app.services.db.prisma.session.findUnique({ where: { id } })
    expect(row?.endCause).toBe('left_workspace')
  })

  test('are not to be ended by somebody else', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    const id = await openedByService(house, ada)
    const eve = await (await personIn(house, 'eve', 'lantern-row')).browser(FIREFOX)
    await act(eve, '/account/end-elsewhere', { session: formatId('ses', id) })
    const row = await house.app.services.db.prisma.session.findUnique({ where: { id } })
    expect(row?.endedAt).toBeNull()
  })
})

test.describe('lists that are longer than the page', () => {
  test('say so, and lead to the rest', async ({ house }) => {
    const ada = await personIn(house, 'ada', 'old-mill')
    const here = await ada.browser(FIREFOX)
    const session = await openedByService(house, ada)
    const { pool } = house.app.services
    await pool.query(MORE_LOGINS, [ada.user.id])
    for (const kind of ['api', 'offline']) await pool.query(MORE_SESSIONS, [session, kind])

    const page = await here.get('/account')
    for (const list of ['others', 'kept', 'services'] as const) {
      const button = list === 'others' ? 'Log out An unknown browser' : 'of Back office'
      expect(sectionOf(page, list)).toContain('Shown: 1 to 100, the last used first.')
      const rest = await here.get(`/account?${list}=1`)
      expect(sectionOf(rest, list)).toMatch(/Shown: 101 to 10[12], .* Back to the first/)
      expect(sectionOf(rest, list)).not.toContain('Show the next')
      expect(rest.text).toContain(`href="/account#${list}"`)
      expect(sectionOf(rest, 'here')).toContain('Firefox on Windows You are here')
      if (list !== 'kept') expect(sectionOf(rest, list)).toContain(button)
    }
    expect(sectionOf(await here.get('/account?others=7'), 'others')).toContain('There are no more.')
    for (const nonsense of ['?others=-1', '?others=x', '?others=1&others=2', '?kept=99999'])
      expect(sectionOf(await here.get(`/account${nonsense}`), 'others')).toContain('1 to 100')
  })
})

test('the page costs the same few statements however much is open', async ({ house }) => {
  const ada = await personIn(house, 'ada', 'old-mill')
  const here = await ada.browser(FIREFOX)
  const few = await sentFor(() => here.get('/account'))
  for (let more = 0; more < 4; more += 1) await ada.browser(IPHONE)
  await house.consent(ada.user, await house.workspace('Lantern Row', ada.user), ada.notes)
  await house.arrive(here, ada.notes, { prompt: 'none', workspace: 'lantern-row' })
  await house.arrive(here, await house.client(), { prompt: 'none' })
  const many = await sentFor(() => here.get('/account'))
  expect(many).toEqual(few)
  expect(few).toHaveLength(5)
})

async function away(house: House) {
  const ada: Person = await personIn(house, 'ada', 'old-mill')
  const here = await ada.browser(FIREFOX)
  await ada.letWorkAway(here)
  return { ada, here }
}

async function sentFor(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const heard = (message: unknown) => sent.push((message as { text: string }).text.trim())
  statements.subscribe(heard)
  await work().finally(() => statements.unsubscribe(heard))
  return sent.sort()
}

/** A session that a service has made for a person, in their only workspace. */
async function openedByService(house: House, { user }: Person): Promise<SessionId> {
  const { services } = house.app
  const { id: clientId } = await house.client({ client_name: 'Back office' })
  const [place] = await workspacesOf(services.db, user.id)
  const made = await createSession(services, {
    holder: { kind: 'user', userId: user.id, roles: [] },
    workspaceId: place!.workspace.id,
    clientId,
    context: {},
    acr: null,
    amr: [],
    authTime: null,
    priority: null,
    by: { kind: 'client', id: clientId },
  })
  return made.session.sessionId
}

const MORE_LOGINS = `INSERT INTO login (id, user_id, auth_time, acr, amr, root_version, created_at,
    last_seen_at, idle_timeout, absolute_end_at)
  SELECT gen_random_uuid(), l.user_id, l.auth_time, l.acr, l.amr, l.root_version, l.created_at,
    l.last_seen_at, l.idle_timeout, l.absolute_end_at
  FROM login l, generate_series(1, 101) WHERE l.user_id = $1`

const MORE_SESSIONS = `INSERT INTO session (id, kind, workspace_id, user_id, client_id, epoch_id,
    secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout)
  SELECT gen_random_uuid(), $2, s.workspace_id, s.user_id, s.client_id, s.epoch_id,
    s.secret_wrapped, s.created_at, s.last_seen_at, s.absolute_end_at, s.idle_timeout
  FROM session s, generate_series(1, 101) WHERE s.id = $1`
