import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { isRetryable } from './errors.ts'
import { type Database, type Executor, markTransaction } from './executor.ts'
import type { NodePostgresOptions } from './node-postgres.ts'

const BARE = process.env['TRIAL'] === 'bare'
const ONEPOOL = process.env['TRIAL'] === 'onepool'

export function openPostgresJs(options: NodePostgresOptions): Database {
  const open = (readOnly: boolean) =>
    postgres(options.url, {
      max: options.poolSize ?? 10,
      ...(BARE ? {} : { max_pipeline: 1e9 }),
      onnotice: () => {},
      connection: {
        application_name: 'gramkit',
        statement_timeout: options.statementTimeoutMs ?? 30_000,
        lock_timeout: options.lockTimeoutMs ?? 10_000,
        idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
        ...(readOnly ? { default_transaction_read_only: true } : {}),
      },
    })
  const statements = open(false)
  const transactions = BARE || ONEPOOL ? statements : open(true)
  const executor = drizzle(statements, { casing: 'snake_case' })
  let closed: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closed ??= Promise.all([statements.end({ timeout: 5 }), transactions.end({ timeout: 5 })])
    await closed
  }
  return {
    executor,
    async transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
      for (let attempt = 1; ; attempt++) {
        try {
          return (await transactions.begin('read write', async (tx) => {
            const client = Object.assign(tx, { options: transactions.options })
            return await markTransaction(() => work(drizzle(client as never, { casing: 'snake_case' })))
          })) as T
        } catch (error) {
          if (attempt === 5 || !isRetryable(error)) throw error
          await new Promise((r) => setTimeout(r, Math.random() * 20 * 2 ** attempt))
        }
      }
    },
    async listen(channel, heard) {
      let first = true
      const { unlisten } = await statements.listen(channel, heard, () => {
        if (!first) heard('')
        first = false
      })
      return unlisten
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
