import { LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Problem } from './config-error.ts'
import { nearest } from './nearest.ts'
import { isKey, KEYS, type Key } from './settings.ts'

const LONGEST_FILE = 256 * 1024
const MOST_ALIASES = 20
/** One slip in the form makes many; the first ones tell where. */
const MOST_SLIPS = 5
const SECTIONS = new Set(KEYS.flatMap(sectionsOf))

/** What a file holds at each key, uninterpreted, and what is wrong with its form. */
export interface Reading {
  readonly written: ReadonlyMap<Key, unknown>
  readonly problems: readonly Problem[]
  /** False where the form is too broken to say what the file holds. */
  readonly readable: boolean
}

type Found = { readonly key: Key; readonly value: unknown } | Problem

/** Reads the file's form; a key that does not exist is a problem, never skipped. */
export function readYaml(text: string, source: string): Reading {
  const { root, refusals } = parseText(text)
  const slips = refusals.slice(0, MOST_SLIPS).map((reason) => ({ key: source, reason }))
  const found = root ? entriesOf('', root) : []
  return {
    written: new Map(found.flatMap((one) => ('reason' in one ? [] : [[one.key, one.value]]))),
    problems: [...slips, ...found.filter((one) => 'reason' in one)],
    readable: refusals.length === 0,
  }
}

type Section = ReadonlyMap<unknown, unknown>

interface Parsed {
  readonly root: Section | null
  readonly refusals: readonly string[]
}

function parseText(text: string): Parsed {
  if (text.length > LONGEST_FILE) return refused('is longer than 256 KiB')
  try {
    const lineCounter = new LineCounter()
    const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true })
    const slips = [...document.errors, ...document.warnings]
    if (slips.length > 0) return refused(...slips.map((slip) => explain(slip, lineCounter)))
    // Aliases of aliases grow without bound when they are followed ("billion laughs").
    const root: unknown = document.toJS({ mapAsMap: true, maxAliasCount: MOST_ALIASES })
    return root === null || root instanceof Map ? { root, refusals: [] } : refused('holds no keys')
  } catch (error) {
    if (error instanceof ReferenceError)
      return refused(`uses more than ${MOST_ALIASES} aliases, or one without its anchor`)
    if (error instanceof RangeError) return refused('is nested too deeply')
    throw error
  }
}

function refused(...refusals: readonly string[]): Parsed {
  return { root: null, refusals }
}

// The library's own message quotes the line, and with it whatever secret stands there.
function explain(error: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(error.pos[0])
  const code = error.code.toLowerCase().replaceAll('_', ' ')
  return `is not plain YAML at line ${line}, column ${col} (${code})`
}

function entriesOf(path: string, section: Section): Found[] {
  return [...section].flatMap(([name, value]): Found[] => {
    const key = path === '' ? String(name) : `${path}.${name}`
    if (String(name).includes('.')) return [unknownKey(key)]
    if (isKey(key)) return [{ key, value }]
    if (!SECTIONS.has(key)) return [unknownKey(key)]
    if (value instanceof Map) return entriesOf(key, value)
    return value === null ? [] : [{ key, reason: 'is a section: its keys go below it' }]
  })
}

function unknownKey(key: string): Problem {
  const guess = nearest(key, [...KEYS, ...SECTIONS])
  const reason = guess ? `is no key; did you mean ${guess}?` : 'is no key'
  return { key: printable(key), reason }
}

// A key is the file's own text: it must not be able to write to the operator's terminal at will.
function printable(key: string): string {
  const plain = key.replaceAll(/[^\x20-\x7e]/g, '?')
  return plain.length > 120 ? `${plain.slice(0, 120)}…` : plain
}

/** `a` and `a.b` for `a.b.c`. */
function sectionsOf(key: string): string[] {
  const names = key.split('.').slice(0, -1)
  return names.map((_, index) => names.slice(0, index + 1).join('.'))
}
