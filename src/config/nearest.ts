const MOST_EDITS = 3

/** The known name that a mistyped or misplaced one was meant to be, or null. */
export function nearest(name: string, known: readonly string[]): string | null {
  const misplaced = known.filter((other) => lastOf(other) === lastOf(name))
  if (misplaced.length === 1) return misplaced[0]!

  let best: string | null = null
  let fewest = MOST_EDITS + 1
  for (const other of known) {
    if (Math.abs(other.length - name.length) >= fewest) continue
    const count = edits(name, other)
    if (count < fewest) [best, fewest] = [other, count]
  }
  return best
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** Levenshtein's distance, one row of the table at a time. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (let column = 1; column <= to.length; column++) {
      const swap = row[column - 1]! + (to[column - 1] === letter ? 0 : 1)
      next.push(Math.min(swap, row[column]! + 1, next[column - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
