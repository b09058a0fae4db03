import type { ErrorCode } from '../errors.ts'
import type { Link, ProblemModel } from './view-models.ts'

/** What a person can be told; each code of the page edge comes down to one of these. */
export type PageProblem =
  | Extract<
      ErrorCode,
      | 'invalid_request'
      | 'form_expired'
      | 'throttled'
      | 'not_found'
      | 'not_a_member'
      | 'login_ended'
      | 'session_ended'
      | 'limit_reached'
      | 'unavailable'
    >
  | 'unknown_application'
  | 'unregistered_address'
  | 'internal'

type Words = Pick<ProblemModel, 'title' | 'explanation' | 'advice'>

/** The words of the problem page: what happened, why, and what to do next. */
export function problemWords(problem: PageProblem, workspaceName: string | null): Words {
  if (problem !== 'not_a_member' || workspaceName === null) return WORDS[problem]
  return {
    title: `You are not a member of ${workspaceName}`,
    explanation: `An application asked to open ${workspaceName}, and you have no access to it.`,
    advice: `Ask somebody who manages ${workspaceName} to invite you, or choose another way in.`,
  }
}

/** A way on for people of whom nothing is known, not even the application that they came from. */
export function wayOn(problem: PageProblem): Link | null {
  switch (problem) {
    case 'login_ended':
      return { href: '/login', label: 'Log in again' }
    case 'throttled':
    case 'unavailable':
    case 'internal':
      return null
    case 'unknown_application':
    case 'unregistered_address':
    case 'invalid_request':
    case 'form_expired':
    case 'not_found':
    case 'not_a_member':
    case 'session_ended':
    case 'limit_reached':
      return { href: '/account', label: 'Your account' }
  }
}

const WORDS: Readonly<Record<PageProblem, Words>> = {
  invalid_request: {
    title: 'We could not read that',
    explanation: 'Something in what your browser sent is not in a form that we understand.',
    advice: 'Go back to the application, and start again from there.',
  },
  unknown_application: {
    title: 'This application is not registered here',
    explanation: 'It sent you here under a name that this server does not know, or knows no more.',
    advice:
      'Tell who runs the application: its client_id must be one that was created on this server.',
  },
  unregistered_address: {
    title: 'We cannot send you back to that address',
    explanation: 'The application asks to have you sent to an address that it did not register.',
    advice:
      'Tell who runs the application: its redirect_uri must be, letter by letter, one that is registered for it.',
  },
  form_expired: {
    title: 'This page is out of date',
    explanation: 'For your safety a form is good once, and for a short time. Nothing was changed.',
    advice: 'Go back to the application, and start again from there.',
  },
  throttled: {
    title: 'Too many tries',
    explanation: 'There were many requests in a short time, so we stopped answering for a while.',
    advice: 'Wait a few minutes, then try again.',
  },
  not_found: {
    title: 'There is nothing here',
    explanation: 'The address may be mistyped, or what it led to is gone.',
    advice: 'Go back to the application that sent you, and start again from there.',
  },
  not_a_member: {
    title: 'You are not a member of that workspace',
    explanation: 'An application asked to open a workspace that you have no access to.',
    advice: 'Ask somebody who manages it to invite you, or choose another way in.',
  },
  login_ended: {
    title: 'You are logged out',
    explanation: 'Your login has ended: by a log-out, by time, or by an administrator.',
    advice: 'Log in again to go on.',
  },
  session_ended: {
    title: 'Your session has ended',
    explanation: 'It ended by a log-out, by time, or by an administrator. Its key is destroyed.',
    advice: 'Go back to the application, and log in again.',
  },
  limit_reached: {
    title: 'You have too many sessions',
    explanation: 'The rules here allow only so many at a time, and all of them are in use.',
    advice: 'End one that you no longer need on your account page, then try again.',
  },
  unavailable: {
    title: 'We cannot answer right now',
    explanation: 'A part of this server is out of reach. Your sessions are not affected.',
    advice: 'Try again in a minute.',
  },
  internal: {
    title: 'Something went wrong here',
    explanation: 'This is a fault of the server, not yours. It was written down.',
    advice: 'Try again. If it happens again, tell your administrator the request number below.',
  },
}
