import { describeApi } from '../../src/http/api/page/describe-api.ts'
import { apiOperations } from '../../src/http/api/routes.ts'
import { problemWords } from '../../src/http/problem-words.ts'
import type { PageModels } from '../../src/http/view-models.ts'
import { accountSamples } from './account-samples.ts'
import { type DemoSample, demoSamples } from './demo-samples.ts'
import { securitySamples } from './security-samples.ts'

export type PageSample = PagesSample | DemoSample

type PagesSample = {
  [K in keyof PageModels]: {
    readonly title: string
    readonly page: K
    readonly model: PageModels[K]
  }
}[keyof PageModels]

const form = { action: '/interaction/q1', csrf: 'c5rf-value' }
const login: PageModels['login'] = {
  ...form,
  fields: [],
  clientName: 'Notes',
  username: '',
  error: null,
  retryAfter: null,
  notice: null,
  confirmReason: null,
  cancelAction: '/interaction/q1/cancel',
  switchAction: null,
  passkey: { action: '/login/passkey', challenge: 'sealed', options: '{}' },
}
const consent: PageModels['consent'] = {
  ...form,
  clientName: 'Notes',
  clientHost: 'notes.example.com',
  selfRegistered: false,
  workspaceName: 'Harbour House',
  userName: 'Ada Lovelace',
  identity: [
    { scope: 'profile', description: 'Your name, picture and language' },
    { scope: 'email', description: 'Your email address, and whether it is confirmed' },
  ],
  offlineAccess: '30 days without use, and 90 days at most',
  resources: [
    {
      name: 'Billing API',
      scopes: [
        { scope: 'invoices:read', description: 'Read the invoices of this workspace' },
        { scope: 'invoices:write', description: 'Write and send invoices' },
      ],
    },
  ],
  sessionLifetime: 'At most 8 hours, 30 minutes without use',
}
const problem: PageModels['problem'] = {
  ...problemWords('not_a_member', 'Harbour House'),
  code: 'not_a_member',
  requestId: 'req_01jd5v3m8q2t',
  choices: [
    { action: '/interaction/q1/choose', label: 'Choose another workspace' },
    { action: '/interaction/q1/switch', label: 'Log in as someone else' },
  ],
  csrf: 'c5rf-value',
  back: { href: 'https://notes.example.com/', label: 'Back to Notes' },
}
const room: PageModels['room'] = {
  ...form,
  fields: [],
  ticket: 'sealed',
  clientName: 'Notes',
  of: 'logins',
  mayChoose: true,
  max: 2,
  places: [
    {
      value: 'lgn_1',
      words: 'Firefox on Windows',
      handheld: false,
      workspaces: ['Harbour House', 'Lantern Row'],
      lastUsed: '3 days ago',
    },
    {
      value: 'lgn_2',
      words: 'Safari on iPhone',
      handheld: true,
      workspaces: [],
      lastUsed: '5 minutes ago',
    },
  ],
  cancelAction: '/interaction/q1/cancel',
}
const long = 'Gesellschaft-für-außerordentlich-lange-Bezeichnungen-und-Namen-ohne-jede-Pause'

/** Each page in the states that look different. */
export const pageSamples: readonly PageSample[] = [
  {
    title: 'api',
    page: 'api',
    model: describeApi(apiOperations({} as never), 'https://id.example.com'),
  },
  { title: 'login', page: 'login', model: login },
  {
    title: 'login-wrong',
    page: 'login',
    model: { ...login, username: 'ada@example.com', error: 'invalid_credentials' },
  },
  {
    title: 'login-throttled',
    page: 'login',
    model: {
      ...login,
      username: 'ada',
      error: 'throttled',
      retryAfter: '2 minutes',
      clientName: null,
      cancelAction: null,
    },
  },
  {
    title: 'login-confirm',
    page: 'login',
    model: {
      ...login,
      username: 'ada@example.com',
      switchAction: '/interaction/q1/switch',
      confirmReason:
        'Notes wants to be sure that it is still you. Your last login was 3 hours ago.',
    },
  },
  {
    title: 'login-confirm-act',
    page: 'login',
    model: {
      ...login,
      action: '/account/end-login',
      fields: [{ name: 'login', value: 'lgn_2' }],
      clientName: null,
      username: 'ada@example.com',
      confirmReason: 'You are logging out another browser. Your password confirms it.',
      cancelAction: '/account/cancel',
    },
  },
  {
    title: 'login-evicted',
    page: 'login',
    model: {
      ...login,
      notice:
        'Your login here was ended 5 minutes ago, because another one took its place and only so many are allowed at a time. If the other one is not yours, change your password.',
    },
  },
  { title: 'room', page: 'room', model: room },
  { title: 'room-denied', page: 'room', model: { ...room, mayChoose: false } },
  {
    title: 'room-sessions',
    page: 'room',
    model: {
      ...room,
      of: 'sessions',
      max: 1,
      places: [
        { ...room.places[0]!, words: 'Notes, Billing', workspaces: ['Harbour House'] },
        { ...room.places[1]!, words: long, workspaces: [long] },
      ],
    },
  },
  {
    title: 'pick-workspace',
    page: 'pick-workspace',
    model: {
      ...form,
      clientName: 'Notes',
      userName: 'Ada Lovelace',
      workspaces: [
        {
          value: 'wsp_1',
          name: 'Harbour House',
          slug: 'harbour-house',
          roles: ['owner', 'editor'],
        },
        { value: 'wsp_2', name: 'Lantern Row', slug: 'lantern-row', roles: ['viewer'] },
        { value: 'wsp_3', name: 'The Old Mill', slug: 'old-mill', roles: [] },
      ],
      switchAction: '/interaction/q1/switch',
    },
  },
  { title: 'consent', page: 'consent', model: consent },
  {
    title: 'consent-self-registered',
    page: 'consent',
    model: {
      ...consent,
      clientName: long,
      clientHost: `${long}.example`.toLowerCase(),
      workspaceName: long,
      selfRegistered: true,
    },
  },
  { title: 'problem-not-a-member', page: 'problem', model: problem },
  {
    title: 'problem-not-found',
    page: 'problem',
    model: {
      ...problem,
      ...problemWords('not_found', null),
      code: 'not_found',
      choices: [],
      back: { href: '/account', label: 'Your account' },
    },
  },
  {
    title: 'logout',
    page: 'logout',
    model: {
      ...form,
      userName: 'Ada Lovelace',
      clientName: 'Notes',
      workspaces: [
        { session: 'ses_1', name: 'Harbour House' },
        { session: 'ses_2', name: long },
      ],
    },
  },
  {
    title: 'logged-out',
    page: 'logged-out',
    model: {
      workspaceName: null,
      back: { href: 'https://notes.example.com/', label: 'Back to Notes' },
      loginHref: '/account',
    },
  },
  {
    title: 'logged-out-workspace',
    page: 'logged-out',
    model: { workspaceName: 'Harbour House', back: null, loginHref: '/account' },
  },
  ...accountSamples,
  ...securitySamples,
  ...demoSamples,
]
