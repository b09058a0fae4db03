import type { Refusal } from './refusal.ts'

export interface Problem {
  readonly code: string
  readonly title: string
  readonly advice: string
  /** What the provider said about it. */
  readonly detail: string | null
}

interface Words {
  readonly status: number
  readonly title: string
  readonly advice: string
}

const LOG_IN_AGAIN = 'Log in once more; if you are still logged in elsewhere, no password is asked.'
const TELL_US = 'Log in once more. If it happens again, whoever runs this application should know.'

/** The provider's list is open, so an unknown code gets `ANOTHER`. */
const WORDS: Readonly<Record<string, Words>> = {
  access_denied: {
    status: 403,
    title: 'You were not let in',
    advice: 'Either you chose not to go on, or you are not a member of that workspace.',
  },
  not_a_member: {
    status: 403,
    title: 'You are not a member of that workspace',
    advice: 'Ask one of its owners to invite you, or log in to another one.',
  },
  login_required: { status: 401, title: 'A login is needed', advice: LOG_IN_AGAIN },
  interaction_required: { status: 401, title: 'The provider has a question', advice: LOG_IN_AGAIN },
  consent_required: { status: 401, title: 'Your consent is needed', advice: LOG_IN_AGAIN },
  temporarily_unavailable: {
    status: 503,
    title: 'The provider is busy',
    advice: 'Try again in a minute.',
  },
  provider_unreachable: {
    status: 502,
    title: 'The provider does not answer',
    advice: 'Nothing is wrong with you. Try again in a minute.',
  },
  session_ended: { status: 401, title: 'Your session has ended', advice: LOG_IN_AGAIN },
  login_not_expected: {
    status: 400,
    title: 'This login was not begun here',
    advice: 'It took too long, was used before, or was begun in another browser. Log in once more.',
  },
  untrusted_answer: { status: 502, title: 'The answer could not be trusted', advice: TELL_US },
  incomplete_answer: { status: 502, title: 'The answer was incomplete', advice: TELL_US },
  no_refresh_token: {
    status: 409,
    title: 'There is nothing to refresh with',
    advice: 'The provider gave this application no refresh token.',
  },
  forged_form: {
    status: 403,
    title: 'This form is out of date',
    advice: 'You logged in again since it was opened. Go back to the start and fill it in there.',
  },
  invalid_form: {
    status: 400,
    title: 'The form could not be read',
    advice: 'Go back to the start and fill it in once more.',
  },
  form_too_large: {
    status: 413,
    title: 'That is too much at once',
    advice: 'Go back to the start and send less.',
  },
  invalid_workspace: {
    status: 400,
    title: 'That is no name of a workspace',
    advice: 'A name has letters, digits and hyphens, such as harbour.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    advice: 'The address may be mistyped. Go back to the start.',
  },
  internal_error: {
    status: 500,
    title: 'Something broke here',
    advice: 'It was written down. Go back to the start and try again.',
  },
}
const ANOTHER: Words = { status: 400, title: 'The login did not work', advice: TELL_US }

export function problemOf({ code, detail }: Refusal): Problem {
  const { title, advice } = wordsFor(code)
  return { code, title, advice, detail }
}

export function statusOf({ code }: Refusal): number {
  return wordsFor(code).status
}

/** Own keys only: a code called `constructor` is an unknown one. */
function wordsFor(code: string): Words {
  return (Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ?? ANOTHER
}
