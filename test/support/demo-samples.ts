import type { PageModel } from '../../src/demo/page-model.ts'

export interface DemoSample {
  readonly title: string
  readonly page: 'demo/app'
  readonly model: PageModel
}

const notes: PageModel = {
  app: 'notes',
  appName: 'Notes',
  stylesheet: '/assets/demo.css',
  script: '/assets/demo.js',
  sibling: { href: 'http://localhost:8082/', label: 'Open Billing' },
  csrf: 'c5rf-value',
  problem: null,
  notice: null,
  stay: {
    userName: 'Ada Lovelace',
    email: 'ada@example.com',
    workspaceSlug: 'harbour-house',
    roles: ['owner', 'editor'],
    sessionId: 'ses_01jd5v3m8q2t7x9c4b6n1k0w',
    tokenLeft: '252',
    tokenLife: '300',
    tokenLeftText: '4 min 12 s',
    canRefresh: true,
    recentWorkspaces: ['lantern-row', 'old-mill'],
  },
  notes: [
    {
      title: 'Breakfast from six',
      text: 'The ferry leaves at seven. Two guests in the east wing go with it.',
      author: 'Ada Lovelace',
      when: '21 Nov 2026, 08:12',
    },
    {
      title: 'Spare keys',
      text: 'Three are in the safe. Write down who takes one.',
      author: 'The house',
      when: '20 Nov 2026, 17:40',
    },
    {
      title: 'Garden door',
      text: 'The hinge is loose again; the joiner comes on Thursday.',
      author: 'The house',
      when: '16 Nov 2026, 09:05',
    },
  ],
  noteForm: { title: '', text: '', refused: false },
  invoices: [],
}
const billing: PageModel = {
  ...notes,
  app: 'billing',
  appName: 'Billing',
  sibling: { href: 'http://localhost:8081/', label: 'Open Notes' },
  notes: [],
  invoices: [
    {
      number: '2026-0112',
      customer: 'Northwind Ferries',
      amount: '€1,240.00',
      due: '30 Nov 2026',
      paid: false,
    },
    {
      number: '2026-0111',
      customer: 'Mill & Daughters',
      amount: '€96.50',
      due: '14 Nov 2026',
      paid: true,
    },
  ],
}
const door: PageModel = { ...notes, csrf: '', stay: null, notes: [] }

/** The sample applications in the states that look different. */
export const demoSamples: readonly DemoSample[] = [
  { title: 'demo-notes', page: 'demo/app', model: notes },
  {
    title: 'demo-note-refused',
    page: 'demo/app',
    model: {
      ...notes,
      noteForm: { title: 'Ferry', text: 'It leaves at seven.', refused: true },
      notice: 'Sojourn cannot be reached just now.',
    },
  },
  { title: 'demo-billing', page: 'demo/app', model: billing },
  {
    title: 'demo-logged-out',
    page: 'demo/app',
    model: { ...door, notice: 'You were logged out, here or in another application.' },
  },
  {
    title: 'demo-problem',
    page: 'demo/app',
    model: {
      ...door,
      problem: {
        code: 'access_denied',
        title: 'You were not let in',
        advice: 'Either you chose not to go on, or you are not a member of that workspace.',
        detail: 'Ada Lovelace is not a member of Harbour House',
      },
    },
  },
]
