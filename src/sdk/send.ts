import { SessionError } from './errors.ts'

export interface Line {
  readonly fetch: typeof fetch
  /** Milliseconds for one answer. */
  readonly timeout: number
}

/** One request; no answer, and none in time, is a refusal with a code like any other. */
export async function send(
  { fetch: ask, timeout }: Line,
  url: string,
  init: RequestInit,
): Promise<Response> {
  return mustAnswer(ask(url, { ...init, signal: AbortSignal.timeout(timeout) }))
}

/** The JSON of an answer that was not refused; one that broke off, or came from elsewhere, is none. */
export async function jsonOf(response: Response): Promise<unknown> {
  return mustAnswer(response.json())
}

async function mustAnswer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    throw new SessionError('the server did not answer', { code: 'unavailable', status: 0, cause })
  }
}
