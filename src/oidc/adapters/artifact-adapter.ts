import { errors } from 'oidc-provider'
import type { OidcDeps } from '../deps.ts'
import { adapterOf, type ModelAdapter } from '../payload.ts'
import { currentState, writeLater } from '../request-state.ts'
import { consumedArtifact, deleteArtifact, saveArtifacts } from './artifact-store.ts'
import { sharedArtifacts } from './artifacts.ts'

/** Bytes: anybody can make us keep one for a while. */
const LARGEST = 8_192

/**
 * Interactions, pushed requests and registration tokens: stored under a keyed hash of the
 * identifier that the bearer holds, sealed, and never with the identifier itself.
 */
export function artifactAdapter(
  kind: string,
  deps: Pick<OidcDeps, 'db' | 'serverKeys'>,
  artifacts = sharedArtifacts(deps.db),
): ModelAdapter {
  const hashOf = (id: string) => deps.serverKeys.lookupHash(kind, id)

  return adapterOf(kind, {
    find: async (id) => {
      const hash = hashOf(id)
      const found = await artifacts.find({ kind, hash })
      const opened = found && deps.serverKeys.data.open(kind, [hash], found.payloadSealed)
      if (!opened) return undefined
      const consumed = found.consumedAt ? { consumed: true } : {}
      return { ...JSON.parse(opened.toString()), jti: id, ...consumed }
    },
    upsert: async (id, { jti: _, ...payload }, expiresIn) => {
      const hash = hashOf(id)
      const bytes = Buffer.from(JSON.stringify(payload))
      if (bytes.length > LARGEST) throw new errors.InvalidRequest('the request is too large')
      const sealed = deps.serverKeys.data.seal(kind, [hash], bytes)
      // On our pages it is answered, and may be over: then it must not come back.
      if (kind === 'Interaction' && !currentState()) {
        if (await artifacts.change({ kind, hash, payloadSealed: sealed })) return
        throw new errors.SessionNotFound('the request is over')
      }
      const artifact = { kind, hash, payloadSealed: sealed, expiresIn }
      await writeLater(deps.db, {
        alone: true,
        artifact: kind,
        run: async (db) => {
          await (db.inTransaction ? saveArtifacts(db, [artifact]) : artifacts.save(artifact))
        },
      })
    },
    consume: async (id) =>
      writeLater(deps.db, {
        alone: true,
        run: async (db) => {
          if (!(await consumedArtifact(db, kind, hashOf(id))))
            throw new errors.InvalidRequestUri('request_uri was already used')
        },
      }),
    destroy: async (id) => {
      const hash = hashOf(id)
      await writeLater(deps.db, {
        alone: true,
        run: (db) => deleteArtifact(db, kind, hash),
        ...(kind === 'Interaction' && { part: { interaction: hash } }),
      })
    },
  })
}
