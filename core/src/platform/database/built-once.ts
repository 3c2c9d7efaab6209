import { AsyncLocalStorage } from 'node:async_hooks'
import { type Placeholder, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Executor } from './executor.ts'

/** Names a value that a statement gets when it runs. */
export type ValueOf<Values> = (name: keyof Values & string) => Placeholder

interface Statement<Result> {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Result> }
}

type Client = Pick<pg.ClientBase, 'query'>

const clients = new WeakMap<Executor, Client>()
const running = new AsyncLocalStorage<Client>()

/** An executor whose statements run at whatever client {@link running} names. */
const anywhere: Executor = drizzle(
  Object.create(new pg.Client(), {
    query: {
      value: (...args: unknown[]) => {
        const client = running.getStore()
        return client && Reflect.apply(client.query, client, args)
      },
    },
  }),
  { casing: 'snake_case' },
)

/** Says where the statements of an executor run, for {@link builtOnce}. */
export function runsAt(executor: Executor, client: Client): void {
  clients.set(executor, client)
}

/**
 * Builds a statement once for the process instead of at each call: drizzle takes longer to build a
 * short one than a connection to send it. For what nearly every request or payment asks.
 *
 * @example
 * const byToken = builtOnce((db, value: ValueOf<{ token: string }>) =>
 *   db.select().from(session).where(eq(session.token, value('token'))))
 * const [row] = await byToken(this.db, { token })
 */
export function builtOnce<Values extends Record<string, unknown>, Result>(
  build: (db: Executor, value: ValueOf<Values>) => Statement<Result>,
): (db: Executor, values: Values) => Promise<Result> {
  // The connections name their statements themselves.
  const prepare = (db: Executor) => build(db, (name) => sql.placeholder(name)).prepare('')
  let built: ReturnType<typeof prepare> | undefined
  return async (db, values) => {
    const client = clients.get(db)
    // An executor that no pool of the kit opened.
    if (!client) return prepare(db).execute(values)
    built ??= prepare(anywhere)
    const statement = built
    return running.run(client, () => statement.execute(values))
  }
}
