import type { Answer, Attack } from './wire.ts'

/** What no answer may tell: stacks, paths of ours, statements, names of our parts. */
const LEAKS = [
  /\bat [\w.<>[\] ]+ \(?(?:file:|node:|\/)/,
  /node_modules|\/src\/|\.ts:\d+|node:internal/,
  /\b(?:SELECT|INSERT|UPDATE|DELETE) .*\b(?:FROM|INTO|SET)\b/,
  /prisma|postgres|invalid byte sequence|syntax error at/i,
  /TypeError|RangeError|SyntaxError|ReferenceError|undefined \(reading/,
]

/** What is wrong with an answer; null when nothing is. */
export function faultOf(attack: Attack, answer: Answer): string | null {
  const { status, headers, body } = answer
  const told = `${attack.name}: ${status} ${headers['content-type'] ?? ''} ${body.slice(0, 160)}`
  if (status >= 500) return `a fault of ours: ${told}`
  const leak = LEAKS.find((one) => one.test(body) || one.test(JSON.stringify(headers)))
  if (leak) return `tells of our inside (${leak}): ${told}`
  if (!reachedTheApp(answer)) return isOfTheWire(attack, answer) ? null : `unheard of: ${told}`
  if (attack.expected === 'refused' && status < 400) return `not refused: ${told}`
  if (!headers['content-security-policy']?.includes("frame-ancestors 'none'"))
    return `may be framed: ${told}`
  return status >= 400 && !hasForm(attack, answer) ? `not in the form of a refusal: ${told}` : null
}

function reachedTheApp({ headers }: Answer): boolean {
  return 'x-request-id' in headers
}

// Node refuses by itself what is no HTTP; and who hangs up is told nothing.
function isOfTheWire({ breaksOff }: Attack, { status, body }: Answer): boolean {
  return body === '' && [400, 408, 413, 431, ...(breaksOff ? [0] : [])].includes(status)
}

function hasForm({ form }: Attack, { headers, body, status }: Answer): boolean {
  const type = headers['content-type'] ?? ''
  if (form === 'none' || (form === 'empty' && body === '')) return true
  if (form === 'page')
    return type.startsWith('text/html') && /<h1>.+<\/h1>/s.test(body) && isHelpful(body)
  const told = JSON.parse(body || 'null')
  if (form !== 'oauth' && type.startsWith('application/problem+json'))
    return told.status === status && /^urn:sojourn:problem:/.test(told.type) && told.request_id
  return type.startsWith('application/json') && /^[a-z_]+$/.test(told.error)
}

/** Says what to do next, or is the form again with what is wrong. */
function isHelpful(page: string): boolean {
  return page.includes('class="notice') || page.includes('role="alert"')
}
