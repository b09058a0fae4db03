import { type Member, type NamedSchema, type Words, wordsOf } from './model.ts'
import { alternativesOf, nameOf, nullable, type Schema, type Schemas } from './schema.ts'

/** What is said of a member that breaks the custom: of what is sent, or of a shape and an answer. */
type Custom = 'sent' | 'told'

export function describeSchemas(schemas: Schemas): readonly NamedSchema[] {
  return Object.entries(schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => ({
      name,
      description: wordsOf(schema.description),
      alternatives: alternatives(schema).map((one, _, all) => ({
        title: all.length > 1 ? titleOf(one) : '',
        members: membersOf(one, 'told'),
      })),
    }))
}

function alternatives(schema: Schema): readonly Schema[] {
  const all = alternativesOf(schema)
  return all.length > 0 ? all : [schema]
}

/** What tells one of several shapes from the others: the member that has one value alone. */
function titleOf({ properties = {} }: Schema): string {
  const [mark] = Object.entries(properties).filter(([, inner]) => inner.const !== undefined)
  return mark ? `${mark[0]} is ${JSON.stringify(mark[1].const)}` : ''
}

/** The members of an object, those of its inner objects behind them with dotted names. */
export function membersOf(schema: Schema, custom: Custom): readonly Member[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const isNamed = typeof additionalProperties === 'object' && nameable(additionalProperties)
  const named = isNamed ? { '{name}': additionalProperties } : {}
  return Object.entries({ ...properties, ...named }).flatMap(([name, inner]) => {
    const isRequired = required.includes(name) || name === '{name}'
    const within = nullable(inner).schema
    return [
      describeMember(name, inner, markOf(custom, isRequired)),
      ...membersOf(within, custom).map((one) => ({ ...one, name: `${name}.${one.name}` })),
    ]
  })
}

/** Of a schema that takes anything there is nothing to say. */
function nameable(schema: Schema): boolean {
  return Object.keys(schema).length > 0
}

function markOf(custom: Custom, isRequired: boolean): string | null {
  if (custom === 'sent') return isRequired ? 'required' : null
  return isRequired ? null : 'optional'
}

function describeMember(name: string, given: Schema, mark: string | null): Member {
  const { schema, isNullable } = nullable(given)
  const of = schema.type === 'array' ? (schema.items ?? {}) : schema
  const type = typeOf(schema)
  return {
    name,
    type: isNullable ? `${type} or null` : type,
    shape: nameOf(of),
    mark,
    description: describe(schema),
  }
}

function describe(schema: Schema): Words {
  const standing = schema.default
  const isShown = standing !== undefined && typeof standing !== 'object'
  // The type says it.
  const said = schema.format === 'date-time' && schema.description === 'An instant, in UTC'
  const otherwise = isShown ? `Otherwise \`${String(standing)}\`.` : ''
  return wordsOf(
    [said ? '' : ended(schema.description), otherwise].filter((part) => part !== '').join(' '),
  )
}

function ended(text = ''): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}

function typeOf(schema: Schema): string {
  const name = nameOf(schema)
  if (name !== null) return name
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(', ')
  const several = alternativesOf(schema)
  if (several.length > 0) return several.map(typeOf).join(' or ')
  switch (schema.type) {
    case 'array':
      return `list of ${typeOf(schema.items ?? {})}${atMost(schema.maxItems)}`
    case 'integer':
    case 'number':
      return `${schema.type}${range(schema)}`
    case 'string':
      return schema.format === 'date-time' ? 'instant' : `text${atMost(schema.maxLength)}`
    case 'object':
      return typeof schema.additionalProperties === 'object' ? 'object, by name' : 'object'
    case undefined:
      return 'anything'
    default:
      return [schema.type].flat().join(' or ')
  }
}

function atMost(most: number | undefined): string {
  return most === undefined ? '' : `, at most ${most}`
}

function range({ minimum, maximum }: Schema): string {
  const isOpen = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return ''
  return isOpen ? `, ${minimum} or more` : `, ${minimum} to ${maximum}`
}
