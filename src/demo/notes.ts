import { z } from 'zod'

export interface Note {
  readonly title: string
  readonly text: string
  readonly author: string
  readonly writtenAt: Date
}

/** What is written down in each workspace, by its id; nothing is read without one. */
export interface Notes {
  readonly of: (workspaceId: string) => readonly Note[]
  readonly add: (workspaceId: string, note: Note) => void
}

const NOTES_PER_WORKSPACE = 50
const SAMPLES = [
  ['Breakfast from six', 'The ferry leaves at seven. Two guests in the east wing go with it.'],
  ['Spare keys', 'Three are in the safe. Write down who takes one.'],
  ['Garden door', 'The hinge is loose again; the joiner comes on Thursday.'],
  ['New towels', 'Forty ordered, delivery with the Tuesday boat.'],
  ['Quiet hours', 'From ten on, please carry suitcases over the bridge.'],
  ['Lost and found', 'One umbrella, green; one novel, half read.'],
  ['Boiler', 'Serviced in spring. The manual is taped inside the door.'],
] as const

export function createNotes(now: Date): Notes {
  const written = new Map<string, readonly Note[]>()
  const notesOf = (id: string) => written.get(id) ?? sampleNotes(id, now)
  return {
    of: notesOf,
    add: (id, note) => void written.set(id, [note, ...notesOf(id)].slice(0, NOTES_PER_WORKSPACE)),
  }
}

/** Three that differ between workspaces and stay the same in each. */
function sampleNotes(workspaceId: string, now: Date): readonly Note[] {
  const start = [...workspaceId].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return [0, 1, 2].map((index) => {
    const [title, text] = SAMPLES[(start + index * 2) % SAMPLES.length] ?? SAMPLES[0]
    const writtenAt = new Date(now.getTime() - (index + 1) * 11 * 3_600_000)
    return { title, text, author: 'The house', writtenAt }
  })
}

const line = (max: number) =>
  z
    .string()
    .transform((typed) => typed.toWellFormed().trim())
    .pipe(z.string().min(1).max(max))
const NoteForm = z.object({ title: line(80), text: line(500) })

export type NoteFormVerdict =
  | { readonly valid: true; readonly title: string; readonly text: string }
  | { readonly valid: false; readonly title: string; readonly text: string }

/** Gives back what was typed when it does not fit, so that nobody has to type it again. */
export function parseNoteForm(form: ReadonlyMap<string, string>): NoteFormVerdict {
  const typed = { title: form.get('title') ?? '', text: form.get('text') ?? '' }
  const parsed = NoteForm.safeParse(typed)
  return parsed.success ? { valid: true, ...parsed.data } : { valid: false, ...typed }
}
