import type { Context } from 'koa'
import type { z } from 'zod'
import type { ApiScope } from '../../clients/own-api.ts'
import type { ErrorCode } from '../../errors.ts'
import type { Caller } from './caller.ts'
import type { Demand } from './demand.ts'

export type Status = 200 | 201

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** One act of the API: what it is called, what it takes and gives, and who may. */
export interface Operation<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** The function of the session manager that it is, or a name of that kind. */
  readonly id: string
  readonly method: Method
  /** Below `/api/v1`; `{name}` stands for a part that becomes a member of the input. */
  readonly path: string
  readonly scope: ApiScope
  /** What a person must have proven, and how lately, to do this with their own token (RFC 9470). */
  readonly demands?: Demand
  /** Whether it, and the standing of a service that calls it, may be answered from memory. */
  readonly consistency?: 'asked'
  /** One line for the documentation. */
  readonly summary: string
  readonly description?: string
  /** Of the body and the path's parts for POST, PATCH and PUT; of the query and them for the others. */
  readonly input: Input
  readonly output: Output
  /** Or, where it is not always the same, which it is for an answer. */
  readonly status?: Status | ((answer: z.input<Output>) => Status)
  /** Beyond those that every operation may answer with. */
  readonly errors: readonly ErrorCode[]
  handle(call: Call<z.output<Input>>): Promise<z.input<Output>>
}

export interface Call<Input> {
  readonly caller: Caller
  readonly input: Input
  readonly ctx: Context
}

/** Keeps the types of one operation while it is written; a list holds them without. */
export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  one: Operation<Input, Output>,
): Operation {
  return one as unknown as Operation
}
