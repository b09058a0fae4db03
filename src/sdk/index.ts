export { SessionError, type SessionErrorCode } from './errors.ts'
export { SessionManager, type SessionManagerOptions } from './session-manager.ts'
export type {
  Elevation,
  ElevationOptions,
  IssuedSession,
  Next,
  Session,
  SessionAnalytics,
  SessionContext,
  ValidateOptions,
  Validation,
} from './types.ts'
