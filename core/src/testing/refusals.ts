import { sql } from 'drizzle-orm'
import { databaseError, openNodePostgres } from '../platform/database/index.ts'

/** `ok`, or the code of the error that a settled promise has failed with. */
export function codeOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'fulfilled' ? 'ok' : Reflect.get(Object(result.reason), 'code')
}

/** What a settled promise has answered, `ok` for nothing, or the code of its error. */
export function outcomeOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'fulfilled' ? (result.value ?? 'ok') : codeOf(result)
}

/** Sends a statement as the role of a URL: the code that PostgreSQL refuses it with, if it does. */
export async function refusalOf(url: string, statement: string): Promise<string | undefined> {
  await using direct = openNodePostgres({ url, poolSize: 1 })
  try {
    await direct.executor.execute(sql.raw(statement))
    return undefined
  } catch (error) {
    return databaseError(error)?.code
  }
}
