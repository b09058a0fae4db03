import type { PageModels } from '../../src/http/view-models.ts'

type Account = PageModels['account']
type Session = Account['here']['sessions'][number]

const long = 'Gesellschaft-für-außerordentlich-lange-Bezeichnungen-und-Namen-ohne-jede-Pause'

const session: Session = {
  session: 'ses_1',
  workspaceName: 'Harbour House',
  roles: ['owner', 'editor'],
  applications: ['Notes', 'Billing'],
  startedAt: '3 hours ago',
  lastUsed: 'just now',
  openedFrom: null,
  openedBy: null,
}

const account: Account = {
  csrf: 'c5rf-value',
  userName: 'Ada Lovelace',
  username: 'ada@example.com',
  logoutAction: '/logout',
  othersAction: '/account/end-others',
  moreOthers: null,
  everywhereAction: '/account/end-all',
  moreKept: null,
  services: [
    {
      session: 'ses_5',
      applicationName: 'Back office',
      workspaceName: 'Harbour House',
      startedAt: '1 hour ago',
      lastUsed: '5 minutes ago',
      ends: 'in 25 minutes if unused, else in 22 hours',
    },
  ],
  moreServices: null,
  keptAction: '/account/end-elsewhere',
  withdrawAction: '/account/withdraw',
  here: {
    device: 'Firefox on Windows',
    handheld: false,
    address: '203.0.113.77',
    startedAt: '3 hours ago',
    lastUsed: 'just now',
    endAction: '/account/end',
    sessions: [
      session,
      {
        ...session,
        session: 'ses_2',
        workspaceName: 'Lantern Row',
        roles: ['viewer'],
        applications: ['Notes'],
        lastUsed: '12 minutes ago',
      },
    ],
  },
  others: [
    {
      device: 'Safari on iPhone',
      handheld: true,
      address: '198.51.100.9',
      startedAt: '2 days ago',
      lastUsed: '20 minutes ago',
      login: 'lgn_2',
      logoutAction: '/account/end-login',
      endAction: '/account/end-elsewhere',
      sessions: [
        {
          ...session,
          session: 'ses_3',
          applications: ['Notes'],
          startedAt: '20 minutes ago',
          lastUsed: '20 minutes ago',
          openedFrom: '192.0.2.14',
          openedBy: 'Chrome on Linux',
        },
      ],
    },
    {
      device: 'An unknown browser',
      handheld: false,
      address: null,
      startedAt: '40 minutes ago',
      lastUsed: '40 minutes ago',
      login: 'lgn_3',
      logoutAction: '/account/end-login',
      endAction: '/account/end-elsewhere',
      sessions: [],
    },
  ],
  kept: [
    {
      session: 'ses_4',
      applicationName: 'Notes',
      workspaceName: 'Harbour House',
      startedAt: '12 days ago',
      lastUsed: '4 hours ago',
      ends: 'in 29 days if unused, else in 77 days',
    },
  ],
  consents: [
    {
      consent: 'con_1',
      applicationName: 'Notes',
      workspaceName: 'Harbour House',
      grantedAt: '12 days ago',
      identity: [
        { scope: 'openid', description: 'Who you are here, and your roles in this workspace' },
        { scope: 'email', description: 'Your email address, and whether it is confirmed' },
      ],
      resources: [
        {
          name: 'Billing API',
          scopes: [{ scope: 'invoices:read', description: 'What Billing API calls' }],
        },
      ],
      offlineAccess: true,
    },
    {
      consent: 'con_2',
      applicationName: 'Billing',
      workspaceName: 'Lantern Row',
      grantedAt: '3 hours ago',
      identity: [
        { scope: 'openid', description: 'Who you are here, and your roles in this workspace' },
      ],
      resources: [],
      offlineAccess: false,
    },
  ],
}

const longSession: Session = {
  ...session,
  workspaceName: long,
  roles: [long.toLowerCase(), 'editor', 'billing-administrator', 'viewer', 'auditor'],
  applications: [long, 'Billing', long],
  openedFrom: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  openedBy: 'Chrome on Linux',
}

/** A person's own page: as it is, before anything happened, and with more than fits. */
export const accountSamples: readonly {
  readonly title: string
  readonly page: 'account'
  readonly model: Account
}[] = [
  { title: 'account', page: 'account', model: account },
  {
    title: 'account-empty',
    page: 'account',
    model: {
      ...account,
      here: { ...account.here, sessions: [] },
      others: [],
      kept: [],
      services: [],
      consents: [],
    },
  },
  {
    title: 'account-crowded',
    page: 'account',
    model: {
      ...account,
      userName: long,
      username: `${long}@example.com`.toLowerCase(),
      here: {
        ...account.here,
        device: 'Samsung Internet on Android',
        handheld: true,
        address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
        sessions: Array.from({ length: 24 }, (_, at) => ({
          ...(at % 6 === 1 ? longSession : session),
          session: `ses_${at}`,
        })),
      },
      others: account.others.map((place) => ({ ...place, sessions: [longSession, session] })),
      moreOthers: {
        words: 'Shown: 101 to 200, the last used first.',
        nextHref: '/account?others=2#others',
        firstHref: '/account#others',
      },
      moreKept: {
        words: 'Shown: 1 to 100, the last used first.',
        nextHref: '/account?kept=1#kept',
        firstHref: null,
      },
      kept: account.kept.map((one) => ({ ...one, applicationName: long, workspaceName: long })),
      consents: account.consents.map((one) => ({
        ...one,
        applicationName: long,
        workspaceName: long,
        resources: [{ name: long, scopes: [{ scope: long, description: `What ${long} calls` }] }],
      })),
    },
  },
]
