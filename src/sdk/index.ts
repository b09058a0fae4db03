export { SessionError, type SessionErrorCode } from './errors.ts'
export { SessionManager, type SessionManagerOptions } from './session-manager.ts'
export type {
  CountedSession,
  CreatedSession,
  CreateOptions,
  Elevation,
  ElevationOptions,
  IssuedSession,
  Next,
  Session,
  SessionAnalytics,
  SessionContext,
  SessionPreview,
  ValidateOptions,
  Validation,
} from './types.ts'
