import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { send } from '../../support/relying-party.ts'
import type { Node } from '../../support/world.ts'

export interface Ask {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** The parts of an answer that a client can see a difference in. */
export async function answerTo(node: Node, ask: Ask) {
  const { body } = ask
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const sent = { ...ask, headers: { ...length, ...ask.headers } }
  const answer = await send({ issuer: node.issuer }, sent)
  const { date: _, 'x-request-id': __, ...seen } = answer.headers
  return { status: answer.status, headers: seen, text: answer.text }
}

export interface TwoWays {
  /** As a client asks. */
  readonly short: Ask
  /** The same question in a form that only the library takes. */
  readonly long: Ask
  /** What only the short way's statement has in it. */
  readonly mark: string
}

/** One answer by the short way and one by the library's, and whether the short one was gone. */
export async function bothWays(node: Node, { short, long, mark }: TwoWays) {
  let wentShort = false
  const heard = (message: unknown) => {
    if ((message as { text: string }).text.includes(mark)) wentShort = true
  }
  subscribe('sojourn:sql', heard)
  const ours = await answerTo(node, short)
  unsubscribe('sojourn:sql', heard)
  return { ours, library: await answerTo(node, long), short: wentShort }
}
