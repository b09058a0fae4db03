import { isSecretName, MASK } from './secret-names.ts'

const LONGEST = 4_000
/** Words, numbers and paths in which nothing below can be found; most of what is logged is no more. */
const HARMLESS = /^(?!.*eyJ)[A-Za-z0-9./-]{0,200}$/

/** Tokens by their form: our own, JOSE's, and what follows the name of an authentication scheme. */
const TOKENS = [
  /\b(srt|sat|scs|sit)_[\w.~+/=-]+/g,
  /\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g,
  /\b(?:bearer|basic|dpop|digest|negotiate)\s+[\w.~+/=-]{6,}/gi,
]
/** A header line hides to its end: cookies are many, divided by what also divides other things. */
const HEADER_LINE = /\b((?:proxy-)?authorization|(?:set-)?cookie2?|dpop)(\s*:\s*)[^\r\n]+/gi
/** To the last `@`: a password that nobody escaped may hold a slash. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>]*@/gi
/** An address' query and fragment carry codes, hints and states, under any name. */
const QUERY = /((?:\b[a-z][a-z0-9+.-]{0,20}:\/\/|(?<![\w./])\/)[^\s"'<>?#]*)[?#][^\s"'<>]+/gi
/** `name=`, `name: `, `"name":"`, also where quotes are escaped once more. */
const NAME = /([\w.\-[\]]{2,60})\\?["']?\s*[:=]\s*/g
const VALUE = /\\?"(?:[^"\\]|\\[^"])*\\?"?|'[^']*'?|[^\s"'&,;{}()[\]]+/y

/** Whether a text is of the kind in which nothing is looked for. */
export function isHarmless(text: string): boolean {
  return HARMLESS.test(text)
}

/** Text without what looks like a secret: tokens, passwords in addresses, queries, named values. */
export function scrubText(text: string): string {
  if (isHarmless(text)) return text
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  const plain = cut
    .replace(HEADER_LINE, `$1$2${MASK}`)
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(QUERY, `$1?${MASK}`)
  return scrubAssignments(TOKENS.reduce((kept, form) => kept.replace(form, MASK), plain))
}

function scrubAssignments(text: string): string {
  let kept = ''
  let from = 0
  for (const { 0: whole, 1: name, index } of text.matchAll(NAME)) {
    const at = index + whole.length
    if (index < from || !isSecretName(name)) continue
    VALUE.lastIndex = at
    const [value] = VALUE.exec(text) ?? []
    if (!value) continue
    kept += text.slice(from, at) + MASK
    from = at + value.length
  }
  return kept + text.slice(from)
}
