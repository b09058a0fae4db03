const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "30 minutes", "8 hours", "90 days": exact where that is short, else a little more than it is. */
export function durationWords(seconds: number): string {
  if (seconds < 2 * MINUTE) return count(Math.ceil(seconds), 'second')
  if (seconds >= DAY && seconds % DAY === 0) return count(seconds / DAY, 'day')
  if (seconds >= HOUR && seconds % HOUR === 0) return count(seconds / HOUR, 'hour')
  if (seconds < 2 * DAY) return count(Math.ceil(seconds / MINUTE), 'minute')
  return count(Math.ceil(seconds / HOUR), 'hour')
}

/** "just now", "5 minutes ago": without a clock time, since the reader's time zone is not known. */
export function agoWords(at: Date, now: Date): string {
  const seconds = Math.floor((now.getTime() - at.getTime()) / 1000)
  if (seconds < MINUTE) return 'just now'
  if (seconds < HOUR) return `${count(Math.floor(seconds / MINUTE), 'minute')} ago`
  if (seconds < 2 * DAY) return `${count(Math.floor(seconds / HOUR), 'hour')} ago`
  return `${count(Math.floor(seconds / DAY), 'day')} ago`
}

/** "in 5 minutes", "in 30 days": never more than it is, since something ends then. */
export function inWords(at: Date, now: Date): string {
  const seconds = Math.floor((at.getTime() - now.getTime()) / 1000)
  if (seconds < MINUTE) return 'in less than a minute'
  if (seconds < HOUR) return `in ${count(Math.floor(seconds / MINUTE), 'minute')}`
  if (seconds < 2 * DAY) return `in ${count(Math.floor(seconds / HOUR), 'hour')}`
  return `in ${count(Math.floor(seconds / DAY), 'day')}`
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
