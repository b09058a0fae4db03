/** What a client and its database say to each other (PostgreSQL 18, chapter 54). */

const PARSE = 0x50
const BIND = 0x42
const EXECUTE = 0x45
const QUERY = 0x51
const ERROR = 0x45

/** One statement that a client had run. */
export interface Executed {
  /** A prepared one's name. */
  readonly name: string | null
  readonly text: string
  /** Whether it only begins or ends a transaction. */
  readonly isBoundary: boolean
}

/** Cuts a stream into messages; a client's first one has no letter before its length. */
export function splitter(first: 'has a greeting' | 'has none'): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0)
  let letter = first === 'has a greeting' ? 0 : 1
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Buffer[] = []
    while (rest.length >= letter + 4) {
      const end = letter + rest.readInt32BE(letter)
      if (rest.length < end) break
      messages.push(rest.subarray(0, end))
      rest = rest.subarray(end)
      letter = 1
    }
    return messages
  }
}

/** The name of the prepared statement that a client's message is about, or the text of a plain one. */
export function statementIn(message: Buffer): string | null {
  if (message[0] === QUERY || message[0] === PARSE) return wordsOf(message, 1)[0] ?? null
  return message[0] === BIND ? (wordsOf(message, 2)[1] ?? null) : null
}

/** Whether a database's message is an error of this SQLSTATE. */
export function isError(message: Buffer, state: string): boolean {
  return message[0] === ERROR && message.includes(`C${state}\0`)
}

/**
 * Follows one client: its messages in order give the statements that it had run.
 *
 * What a connection is opened with counts for none of the requests that share it.
 */
export function executions(): (message: Buffer) => Executed[] {
  const texts = new Map<string, string>()
  const portals = new Map<string, string>()
  let isNew = true

  return (message) => {
    note(message)
    const ran = ranBy(message).filter(({ text }) => !(isNew && text.startsWith('SET ')))
    if (ran.length > 0) isNew = false
    return ran
  }

  function note(message: Buffer): void {
    if (message[0] !== PARSE && message[0] !== BIND) return
    const [first = '', second = ''] = wordsOf(message, 2)
    if (message[0] === PARSE) texts.set(first, second)
    else portals.set(first, second)
  }

  function ranBy(message: Buffer): Executed[] {
    if (message[0] !== EXECUTE && message[0] !== QUERY) return []
    const [word = ''] = wordsOf(message, 1)
    if (message[0] === QUERY) return partsOf(word).map((text) => executed(null, text))
    const name = portals.get(word) ?? ''
    return [executed(name || null, texts.get(name) ?? '')]
  }
}

/** Several may stand in one message; a semicolon inside of one would count for more, never for less. */
function partsOf(text: string): string[] {
  return text.split(';').filter((part) => part.trim() !== '')
}

function executed(name: string | null, sent: string): Executed {
  const text = sent.trim()
  return { name, text, isBoundary: /^(BEGIN|COMMIT|ROLLBACK)\b/.test(text) }
}

/** The texts that a message begins with, each of which ends with a null byte. */
function wordsOf(message: Buffer, count: number): string[] {
  const words: string[] = []
  for (let at = 5; words.length < count; ) {
    const end = message.indexOf(0, at)
    if (end === -1) break
    words.push(message.toString('utf8', at, end))
    at = end + 1
  }
  return words
}
