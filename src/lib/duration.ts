const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const
const FORM = /^(0|[1-9]\d{0,8})([smhd])$/

/** The seconds in `45s`, `30m`, `8h` or `7d`; the message never repeats what was written. */
export function parseDuration(text: string): number {
  const [, count, unit] = FORM.exec(text) ?? []
  if (!count || !unit) throw new TypeError('a duration is written like 45s, 30m, 8h or 7d')
  return Number(count) * SECONDS[unit as keyof typeof SECONDS]
}
