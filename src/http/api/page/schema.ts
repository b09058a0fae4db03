/** As much of JSON Schema as our own description of the API says. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly format?: string
  readonly pattern?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly propertyNames?: Schema
  readonly additionalProperties?: Schema | boolean
}

export type Schemas = Readonly<Record<string, Schema>>

const PREFIX = '#/components/schemas/'

/** The name of the component that a schema refers to; null for one that stands for itself. */
export function nameOf({ $ref }: Schema): string | null {
  return $ref?.startsWith(PREFIX) ? $ref.slice(PREFIX.length) : null
}

export function resolved(schema: Schema, schemas: Schemas): Schema {
  const name = nameOf(schema)
  return name === null ? schema : (schemas[name] ?? {})
}

export function alternativesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? []
}

/** Itself, and whether nothing may stand in its place. */
export function nullable(schema: Schema): {
  readonly schema: Schema
  readonly isNullable: boolean
} {
  const { type } = schema
  if (Array.isArray(type) && type.includes('null')) {
    const [one, ...more] = type.filter((each) => each !== 'null')
    const rest = more.length === 0 && one ? one : [one!, ...more]
    return { schema: { ...schema, type: rest }, isNullable: true }
  }
  const all = alternativesOf(schema)
  const [only, another] = all.filter((one) => one.type !== 'null')
  if (!only || another || all.length < 2) return { schema, isNullable: false }
  return { schema: { ...only, ...(schema.description && described(schema)) }, isNullable: true }
}

function described({ description }: Schema): Schema {
  return { ...(description && { description }) }
}
