import { PassThrough } from 'node:stream'
import type { Context } from 'koa'
import type { Application } from './application.ts'

const HEARTBEAT_MS = 25_000

/** A stream of server-sent events that says `logout` once, at the moment the visit is over, and ends. */
export function watchVisit({ cookies, visits }: Pick<Application, 'cookies' | 'visits'>) {
  return function watch(ctx: Context): void {
    const stream = new PassThrough()
    ctx.type = 'text/event-stream'
    ctx.body = stream
    stream.write('retry: 1000\n\n')

    const id = cookies.visit(ctx)
    const sayGoodbye = () => void stream.end('event: logout\ndata: {}\n\n')
    if (id === null || !visits.find(id)) {
      sayGoodbye()
      return
    }

    const unwatch = visits.watch(id, sayGoodbye)
    const beat = () => void (stream.writable && stream.write(':\n\n'))
    const heartbeat = setInterval(beat, HEARTBEAT_MS).unref()
    stream.once('close', () => {
      unwatch()
      clearInterval(heartbeat)
    })
  }
}
