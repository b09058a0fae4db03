import type { Terminal } from './terminal.ts'

export interface OutputOptions {
  readonly json?: boolean
}

/** What a command has to say: once for programs, once for people. */
export interface Answer {
  readonly data: object
  readonly text: string
}

export function printAnswer(terminal: Terminal, answer: Answer, options: OutputOptions): void {
  terminal.stdout.write(options.json ? `${JSON.stringify(answer.data)}\n` : `${answer.text}\n`)
}

/** Lines of a table with its columns aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(width - [...cell].length)
}
