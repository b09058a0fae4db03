// Runs the built SDK in a context that has no globals but those that every runtime with a fetch has.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import vm from 'node:vm'

const [entry, options, userId] = process.argv.slice(2)
const WEB = ['fetch', 'Headers', 'Request', 'Response', 'URL', 'URLSearchParams', 'AbortSignal']
const MORE = ['AbortController', 'TextEncoder', 'TextDecoder', 'btoa', 'atob', 'crypto']
const globals = Object.fromEntries([...WEB, ...MORE].map((name) => [name, globalThis[name]]))
const context = vm.createContext(globals)
const modules = new Map()

function load(path) {
  const known = modules.get(path)
  if (known) return known
  const source = readFileSync(path, 'utf8')
  const module = new vm.SourceTextModule(source, { context, identifier: path })
  modules.set(path, module)
  return module
}

const index = load(entry)
await index.link((specifier, from) => {
  if (!specifier.startsWith('./')) throw new Error(`it imports ${specifier}`)
  return load(join(dirname(from.identifier), specifier))
})
await index.evaluate()

const { SessionManager } = index.namespace
const sessions = new SessionManager(JSON.parse(options))
const { sessionToken } = await sessions.createSession(userId)
const { isValid } = await sessions.validateSession(sessionToken)
const refusal = await sessions
  .renewSession(sessionToken)
  .catch(({ name, code }) => ({ name, code }))
await sessions.terminateSession(sessionToken)
const after = await sessions.validateSession(sessionToken)
console.log(JSON.stringify({ isValid, refusal, reason: after.reason }))
