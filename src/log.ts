import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'
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

const STDERR = 2

/**
 * A log on standard error, so that standard output holds nothing but a command's answer.
 *
 * All fields and messages pass `scrub` before the library sees them: its own list of paths knows a
 * fixed depth and one spelling, and neither messages nor the causes of errors.
 */
export function createLog(level: LogLevel, stream: DestinationStream = destination(STDERR)): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    // The library's own would fold an error's causes into its message.
    serializers: { err: (error: unknown) => error },
  }
  return logOver(pino(options, stream))
}

function logOver(logger: Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') => (fields: object, message: string) => {
      if (!logger.isLevelEnabled(level)) return
      logger[level](scrub(fields instanceof Error ? { err: fields } : fields), scrubText(message))
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => logOver(logger.child(scrub(fields) as Record<string, unknown>)),
  }
}
