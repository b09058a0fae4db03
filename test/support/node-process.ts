import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../src/app.ts'
import { JOBS } from '../../src/jobs.ts'
import { Redacted } from '../../src/lib/redacted.ts'
import { wire } from './wire.ts'

/**
 * A server in a process of its own whose recurring work runs when it is told to, so that time moves
 * in the database alone: what a process remembers of a moment is written before the moment is moved.
 */
const { DATABASE = '', SETTINGS = '' } = process.env
const { services, looks, close } = await wire(new Redacted(DATABASE), SETTINGS)
const server = createServer(createApp(services, looks).callback())
await once(server.listen(0, '127.0.0.1'), 'listening')

process.on('message', (message: { readonly id: number; readonly job: string }) => {
  void run(message.job).then((failure) => process.send?.({ id: message.id, failure }))
})
process.once('disconnect', () => {
  server.closeAllConnections()
  void close().finally(() => process.exit(0))
})
process.send?.({ port: (server.address() as AddressInfo).port })

async function run(name: string): Promise<string | null> {
  const job = JOBS.find((one) => one.name === name)
  if (!job) return `there is no job ${name}`
  return job.run(services).then(
    () => null,
    (error: unknown) => String(error),
  )
}
