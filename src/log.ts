import { type Logger, pino, stdTimeFunctions } from 'pino'
import { inBursts } from './log/in-bursts.ts'
import { scrub } from './log/scrub.ts'
import { scrubText } from './log/scrub-text.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Where everything is said that operators read: one JSON object a line, without secrets. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
  /** A log that adds the same fields to each line. */
  child(fields: object): Log
}

/** Where lines go; one that holds them back says how to have them written. */
interface Stream {
  write(line: string): unknown
  flushSync?(): void
}

/**
 * A log on standard error, so that standard output holds nothing but a command's answer.
 *
 * All fields and messages pass `scrub` before the library sees them: its own list of paths knows a
 * fixed depth and one spelling, and neither messages nor the causes of errors.
 */
export function createLog(level: LogLevel, stream: Stream = inBursts(process.stderr)): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    // The library's own would fold an error's causes into its message.
    serializers: { err: (error: unknown) => error },
  }
  return logOver(pino(options, { write: (line) => stream.write(line) }), () => stream.flushSync?.())
}

function logOver(logger: Logger, flush: () => void): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') => (fields: object, message: string) => {
      if (!logger.isLevelEnabled(level)) return
      logger[level](scrub(fields instanceof Error ? { err: fields } : fields), scrubText(message))
    }
  /** What went wrong is written at once: the process may be next. */
  const urgent = (level: 'error' | 'fatal') => {
    const write = at(level)
    return (fields: object, message: string) => {
      write(fields, message)
      flush()
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: urgent('error'),
    fatal: urgent('fatal'),
    child: (fields) => logOver(logger.child(scrub(fields) as Record<string, unknown>), flush),
  }
}
