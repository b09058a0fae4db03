import { createPrivateKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import { type Db, transaction } from '../database/transaction.ts'
import type { ServerKeys } from './data-keys.ts'
import {
  destroyPrivateKeys,
  findSigningKeys,
  insertSigningKey,
  lockSigningKeys,
  type PublicJwk,
  retireSigningKey,
  type SigningAlg,
  type SigningKeyRow,
} from './signing-key-store.ts'
import {
  activeKey,
  planRotation,
  planRotationNow,
  publishedKeys,
  type RotationPlan,
  type SigningPolicy,
  spentBefore,
} from './signing-plan.ts'

interface Deps {
  readonly db: Db
  readonly serverKeys: Pick<ServerKeys, 'durable'>
}

/** A key that signs now; the private half is a handle and prints nothing. */
export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlg
  readonly privateKey: KeyObject
}

export interface SigningKeySet {
  /** One for each algorithm. */
  readonly active: readonly SigningKey[]
  /** Everything a verifier may need, the announced ones included. */
  readonly published: readonly PublicJwk[]
  /** Differs when anything above differs. */
  readonly version: string
}

/** A key that was just published, and when it begins to sign. */
export interface Announcement {
  readonly kid: string
  readonly alg: SigningAlg
  readonly activeAt: Date
}

export interface SigningRotation {
  /** The algorithms on offer, each with keys of its own. */
  readonly algs: readonly SigningAlg[]
  readonly policy: SigningPolicy
}

/**
 * The signing keys at the database's present time. Every instant in a key's life was announced a
 * full cache time before, so nodes that load at different moments disagree harmlessly.
 */
export async function signingKeysNow(deps: Deps): Promise<SigningKeySet> {
  const { keys, now } = await findSigningKeys(deps.db)
  const active = algsOf(keys)
    .map((alg) => activeKey(ofAlg(keys, alg), now))
    .filter((key) => key !== null)
  const published = publishedKeys(keys, now).map(({ publicJwk }) => publicJwk)

  return {
    active: active.map((row) => openSigningKey(deps, row)),
    published,
    version: [...active, ...published].map(({ kid }) => kid).join(' '),
  }
}

/** Publishes, retires and destroys what is due; safe to run on all nodes at once. */
export function rotateSigningKeys(deps: Deps, rotation: SigningRotation): Promise<Announcement[]> {
  return rotate(deps, rotation, planRotation)
}

/** Announces a new key at an operator's wish; it signs when all verifiers can know it. */
export function rotateNow(deps: Deps, rotation: SigningRotation): Promise<Announcement[]> {
  return rotate(deps, rotation, planRotationNow)
}

function rotate(
  deps: Deps,
  { algs, policy }: SigningRotation,
  plan: typeof planRotation,
): Promise<Announcement[]> {
  return transaction(deps.db, async (tx) => {
    await lockSigningKeys(tx)
    const { keys, now } = await findSigningKeys(tx)
    await destroyPrivateKeys(tx, spentBefore(now, policy))

    const announced: Announcement[] = []
    for (const alg of algs) {
      const published = await apply({ ...deps, db: tx }, alg, plan(ofAlg(keys, alg), now, policy))
      if (published) announced.push(published)
    }
    return announced
  })
}

async function apply(
  deps: Deps,
  alg: SigningAlg,
  { publish, retire }: RotationPlan,
): Promise<Announcement | null> {
  if (retire) await retireSigningKey(deps.db, retire)
  if (!publish) return null
  const key = await makeSigningKey(deps, alg)
  await insertSigningKey(deps.db, randomUUID(), { ...key, ...publish })
  return { kid: key.kid, alg, activeAt: publish.activeAt }
}

const generate = promisify(generateKeyPair)

async function makeSigningKey({ serverKeys }: Deps, alg: SigningAlg) {
  const { publicKey, privateKey } =
    alg === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: 2048 })
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0])
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  const privateSealed = serverKeys.durable.seal(KIND, [kid], der)
  der.fill(0)
  return { kid, alg, publicJwk: { ...jwk, kid, alg, use: 'sig' } as PublicJwk, privateSealed }
}

const KIND = 'signing-key'

function openSigningKey({ serverKeys }: Deps, row: SigningKeyRow): SigningKey {
  const { kid, alg, privateSealed } = row
  const key = privateSealed && serverKeys.durable.open(KIND, [kid], privateSealed)
  if (!key) throw new Error(`the signing key ${kid} does not open`)
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  key.fill(0)
  return { kid, alg, privateKey }
}

function algsOf(keys: readonly SigningKeyRow[]): SigningAlg[] {
  return [...new Set(keys.map(({ alg }) => alg))]
}

function ofAlg(keys: readonly SigningKeyRow[], alg: SigningAlg): SigningKeyRow[] {
  return keys.filter((key) => key.alg === alg)
}
