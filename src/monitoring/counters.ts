import { Counter, Histogram, type Registry } from 'prom-client'
import type { Outcome } from './outcome.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Seconds; a refresh takes about one millisecond, a login about thirty. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const WORD = /^[a-z][a-z0-9_.:-]{0,40}$/

/**
 * What is counted of each kind of outcome.
 *
 * A label is a word of ours or `other`: a value from outside would let anybody fill our memory
 * with rows, and could carry what no metric may show.
 */
export function createCounters(registry: Registry): (outcome: Outcome) => void {
  const registers = [registry]
  const requests = new Histogram({
    name: 'sojourn_http_request_duration_seconds',
    help: 'Time to answer a request, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers,
  })
  const jobs = new Histogram({
    name: 'sojourn_job_duration_seconds',
    help: 'Time of a run of recurring work, by what became of it.',
    labelNames: ['job', 'outcome'],
    buckets: BUCKETS,
    registers,
  })
  const count = (name: string, help: string, label: string) =>
    new Counter({ name, help, labelNames: [label], registers })

  const kinds = new Map<string, readonly [Counter, string]>(
    Object.entries({
      'session.created': [
        count('sojourn_sessions_created_total', 'Sessions created, by kind.', 'session_kind'),
        'session_kind',
      ],
      'session.ended': [
        count('sojourn_sessions_ended_total', 'Sessions ended, by cause.', 'cause'),
        'cause',
      ],
      refresh: [count('sojourn_refreshes_total', 'Uses of refresh tokens.', 'outcome'), 'outcome'],
      login: [count('sojourn_logins_total', 'Tries to log in.', 'outcome'), 'outcome'],
      delivery: [
        count('sojourn_deliveries_total', 'Attempts to deliver a logout token.', 'outcome'),
        'outcome',
      ],
    }),
  )
  const others = count('sojourn_outcomes_total', 'Everything else that was told, by kind.', 'kind')

  return (outcome) => {
    const { kind } = outcome
    if (kind === 'request') {
      const { method, seconds } = outcome
      const labels = { route: route(outcome.route), method: known(method), status: status(outcome) }
      requests.observe(labels, Number(seconds) || 0)
    } else if (kind === 'job') {
      const labels = { job: word(outcome.job), outcome: word(outcome.outcome) }
      jobs.observe(labels, Number(outcome.seconds) || 0)
    } else {
      const [counter, label] = kinds.get(kind) ?? [others, 'kind']
      counter.inc({ [label]: word(outcome[label]) })
    }
  }
}

function word(value: unknown): string {
  return typeof value === 'string' && WORD.test(value) ? value : 'other'
}

/** A closed list already; the check is for who publishes next. */
function route(value: unknown): string {
  return typeof value === 'string' && /^\/[\w.:/-]{0,60}$/.test(value) ? value : 'other'
}

function known(method: unknown): string {
  return typeof method === 'string' && METHODS.includes(method) ? method : 'other'
}

function status(outcome: Outcome): string {
  return /^[1-5]\d\d$/.test(String(outcome.status)) ? String(outcome.status) : 'other'
}
