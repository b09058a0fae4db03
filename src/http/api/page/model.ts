/** The page that describes the API, in words ready to show. */
export interface ApiModel {
  readonly base: string
  readonly tokenUrl: string
  readonly descriptionHref: string
  readonly tokenExample: string
  readonly scopes: readonly { readonly name: string; readonly meaning: string }[]
  readonly groups: readonly OperationGroup[]
  readonly schemas: readonly NamedSchema[]
  readonly errors: readonly {
    readonly code: string
    readonly title: string
    readonly status: string
  }[]
  readonly errorExample: string
}

export interface OperationGroup {
  readonly anchor: string
  readonly title: string
  readonly operations: readonly ShownOperation[]
}

export interface ShownOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: Words
  readonly scope: string
  /** What a person must have proven to do this with their own token; null where nothing is asked. */
  readonly demand: string | null
  readonly inputs: readonly { readonly title: string; readonly members: readonly Member[] }[]
  readonly status: string
  readonly answer: Answer
  readonly errors: readonly { readonly status: string; readonly codes: readonly string[] }[]
  readonly request: string
  readonly response: string
}

/** Of a shape with a name, or one of several, the name alone. */
export interface Answer {
  readonly shapes: readonly string[]
  readonly members: readonly Member[]
}

export interface NamedSchema {
  readonly name: string
  readonly description: Words
  /** One where there are no alternatives, with an empty title. */
  readonly alternatives: readonly { readonly title: string; readonly members: readonly Member[] }[]
}

export interface Member {
  readonly name: string
  readonly type: string
  /** The shape that the type is of; null where it has no name. */
  readonly shape: string | null
  /** `required` in what is sent, `optional` in what is answered; null for what goes without saying. */
  readonly mark: string | null
  readonly description: Words
}

/** A text with pieces of code in it. */
export type Words = readonly { readonly text: string; readonly isCode: boolean }[]

export function wordsOf(text: string | undefined): Words {
  return (text ?? '')
    .split('`')
    .map((part, at) => ({ text: part, isCode: at % 2 === 1 }))
    .filter((part) => part.text !== '')
}
