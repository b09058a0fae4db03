/** One line of the bench: a figure of ours and what it is held against. */
export interface Result {
  readonly name: string
  readonly unit: string
  readonly reference: string
  readonly ours: Figure
  readonly theirs: Figure | null
}

export interface Figure {
  readonly perSecond: number
  readonly p99?: number
  readonly cpuMicros?: number
}

/** One JSON object a line, for programs; a floor has nothing on the other side. */
export function asJson({ name, unit, reference, ours, theirs }: Result): string {
  return JSON.stringify({
    name,
    ours: rounded(ours.perSecond, 1),
    reference,
    theirs: theirs && rounded(theirs.perSecond, 1),
    ratio: theirs && rounded(ours.perSecond / theirs.perSecond, 3),
    unit,
    p99_ms: ours.p99 === undefined ? null : rounded(ours.p99, 2),
  })
}

const COLUMNS = [
  ['', 20],
  ['ours', 9],
  ['theirs', 9],
  ['ratio', 7],
  ['unit', 16],
  ['p99 ms', 15],
  ['CPU µs', 13],
  ['against', 0],
] as const

export function heading(): string {
  return line(COLUMNS.map(([title]) => title))
}

/** The same for people, with the other side's latency and both servers' CPU beside it. */
export function asLine({ name, unit, reference, ours, theirs }: Result): string {
  const both = (of: (figure: Figure) => number | undefined, digits: number) =>
    [ours, theirs]
      .map((figure) => figure && of(figure))
      .filter((value) => value !== undefined && value !== null)
      .map((value) => rounded(Number(value), digits))
      .join(' / ')
  return line([
    name,
    String(rounded(ours.perSecond, 0)),
    theirs ? String(rounded(theirs.perSecond, 0)) : '',
    theirs ? (ours.perSecond / theirs.perSecond).toFixed(2) : '',
    unit,
    both(({ p99 }) => p99, 1),
    both(({ cpuMicros }) => cpuMicros, 0),
    reference,
  ])
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, at) => {
      const width = COLUMNS[at]?.[1] ?? 0
      return at > 0 && at < 4 ? cell.padStart(width) : `${at > 3 ? '  ' : ''}${cell.padEnd(width)}`
    })
    .join('')
    .trimEnd()
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
