import type pg from 'pg'
import { asUnavailable } from './unavailable.ts'

/** A named prepared statement; one name always means one text. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/**
 * What hot paths speak to: named prepared statements, on the pool or inside a transaction.
 * `bigint` and `xid8` arrive as strings, `timestamptz` as Date, `bytea` as Buffer.
 */
export interface Sql {
  readonly inTransaction: boolean
  query<Row extends object>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>
  /** Runs a statement for its effect and tells how many rows it touched. */
  execute(statement: Statement, values?: readonly unknown[]): Promise<number>
}

/** Runs a named prepared statement on a pool or one of its connections. */
export async function prepared<Row extends object>(
  queryable: pg.Pool | pg.ClientBase,
  statement: Statement,
  values: readonly unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  try {
    return await queryable.query<Row>({
      name: statement.name,
      text: statement.text,
      values: values as unknown[],
    })
  } catch (error) {
    throw asUnavailable(error)
  }
}

/** The statements of `connection()`, asked for anew each time so that a closed transaction can refuse. */
export function sqlOver(connection: () => pg.Pool | pg.ClientBase, inTransaction: boolean): Sql {
  return {
    inTransaction,
    query: async <Row extends object>(statement: Statement, values?: readonly unknown[]) =>
      (await prepared<Row>(connection(), statement, values)).rows,
    execute: async (statement, values) =>
      (await prepared(connection(), statement, values)).rowCount ?? 0,
  }
}
