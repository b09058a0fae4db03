import type { Invoice } from './invoices.ts'
import type { Note } from './notes.ts'
import { type Problem, problemOf } from './problems.ts'
import type { Refusal } from './refusal.ts'
import type { Tokens, Visit } from './visit.ts'

/** What `views/demo/app.eta` is told: words and addresses ready to show. */
export interface PageModel extends Frame {
  /** Of every form; empty where there is none. */
  readonly csrf: string
  /** Null when nobody is logged in. */
  readonly stay: Stay | null
  /** Takes the place of the content. */
  readonly problem: Problem | null
  readonly notice: string | null
  readonly notes: readonly NoteLine[]
  readonly noteForm: NoteForm
  readonly invoices: readonly InvoiceLine[]
}

/** What is the same on every page of one application. */
export interface Frame {
  readonly app: 'notes' | 'billing'
  readonly appName: string
  readonly stylesheet: string
  readonly script: string
  readonly sibling: { readonly href: string; readonly label: string } | null
}

/** What was typed; `refused` when it does not fit. */
export interface NoteForm {
  readonly title: string
  readonly text: string
  readonly refused: boolean
}

interface Stay {
  readonly userName: string
  readonly email: string
  readonly workspaceSlug: string
  readonly roles: readonly string[]
  readonly sessionId: string
  /** Whole seconds, as text. */
  readonly tokenLeft: string
  readonly tokenLife: string
  readonly tokenLeftText: string
  readonly canRefresh: boolean
  readonly recentWorkspaces: readonly string[]
}

interface NoteLine {
  readonly title: string
  readonly text: string
  readonly author: string
  readonly when: string
}

interface InvoiceLine {
  readonly number: string
  readonly customer: string
  readonly amount: string
  readonly due: string
  readonly paid: boolean
}

export const EMPTY_NOTE_FORM: NoteForm = { title: '', text: '', refused: false }
const EMPTY = {
  csrf: '',
  stay: null,
  problem: null,
  notice: null,
  notes: [],
  noteForm: EMPTY_NOTE_FORM,
  invoices: [],
}

export function presentDoor(frame: Frame, notice: string | null): PageModel {
  return { ...EMPTY, ...frame, notice }
}

export function presentProblem(frame: Frame, refusal: Refusal): PageModel {
  return { ...EMPTY, ...frame, problem: problemOf(refusal) }
}

export interface Desk {
  readonly visit: Visit
  readonly notice: string | null
  readonly notes: readonly Note[]
  readonly noteForm: NoteForm
  readonly invoices: readonly Invoice[]
}

export function presentDesk(frame: Frame, desk: Desk, now: Date): PageModel {
  return {
    ...EMPTY,
    ...frame,
    sibling: frame.sibling && inSameWorkspace(frame.sibling, desk.visit),
    csrf: desk.visit.csrf,
    stay: presentStay(desk.visit, now),
    notice: desk.notice,
    notes: desk.notes.map(({ writtenAt, ...note }) => ({
      ...note,
      when: MOMENT.format(writtenAt),
    })),
    noteForm: desk.noteForm,
    invoices: desk.invoices.map(({ cents, due, ...invoice }) => ({
      ...invoice,
      amount: MONEY.format(cents / 100),
      due: DAY.format(due),
    })),
  }
}

/** One click, and single sign-on does the rest. */
function inSameWorkspace(sibling: NonNullable<Frame['sibling']>, { workspace }: Visit) {
  const query = new URLSearchParams({ workspace: workspace.slug })
  return { ...sibling, href: `${sibling.href}login?${query}` }
}

function presentStay({ person, workspace, sid, tokens, recent }: Visit, now: Date): Stay {
  return {
    userName: person.name || person.email || person.sub,
    email: person.name ? person.email : '',
    workspaceSlug: workspace.slug,
    roles: workspace.roles,
    sessionId: sid,
    ...presentLife(tokens, now),
    canRefresh: tokens.refreshToken !== null,
    recentWorkspaces: recent,
  }
}

function presentLife({ issuedAt, expiresAt }: Tokens, now: Date) {
  const seconds = (from: Date) =>
    Math.max(0, Math.floor((expiresAt.getTime() - from.getTime()) / 1000))
  const left = seconds(now)
  return {
    tokenLeft: String(left),
    tokenLife: String(seconds(issuedAt)),
    tokenLeftText: `${Math.floor(left / 60)} min ${left % 60} s`,
  }
}

const MONEY = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
