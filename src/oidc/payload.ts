/** What the library hands to an adapter, and takes back from it. */
export type Payload = Record<string, unknown>

/** An adapter of the library for one kind of thing (docs/README.md#adapter at v9.13). */
export interface ModelAdapter {
  upsert(id: string, payload: Payload, expiresIn: number): Promise<void>
  find(id: string): Promise<Payload | undefined>
  findByUid(uid: string): Promise<Payload | undefined>
  findByUserCode(userCode: string): Promise<Payload | undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
}

/** An adapter that answers nothing and refuses to write; each kind overrides what it does. */
export function adapterOf(kind: string, does: Partial<ModelAdapter>): ModelAdapter {
  const unexpected = (verb: string) => () =>
    Promise.reject(new Error(`${kind}: ${verb} is not done here`))
  const nothing = () => Promise.resolve(undefined)
  return {
    upsert: unexpected('upsert'),
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    consume: unexpected('consume'),
    destroy: unexpected('destroy'),
    revokeByGrantId: nothing,
    ...does,
  }
}

/** Seconds since 1970, as tokens write times. */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}

export function textOf(payload: Payload, name: string): string {
  const value = payload[name]
  if (typeof value !== 'string') throw new Error(`the provider gave no ${name}`)
  return value
}
