import pg from 'pg'
import type { RunningShop } from './running-shop.ts'

/** Tables that say what somebody paid, has, or may use. */
const MONEY_TABLES = [
  'gramkit.balance_account',
  'gramkit.balance_hold',
  'gramkit.balance_transfer',
  'gramkit.payment',
  'gramkit.payment_refund',
  'gramkit.subscription',
  'shop.order',
]

/** Columns that change because somebody looked at a row. */
const LOOKS = ['next_check_at', 'updated_at']

/** Reads a running shop's tables past the shop itself. */
export class MoneyTables implements AsyncDisposable {
  readonly #client: pg.Client

  constructor(shop: Pick<RunningShop, 'database'>) {
    this.#client = new pg.Client(shop.database.adminUrl)
  }

  /** Connects; the same object, to write it in one line. */
  async open(): Promise<this> {
    await this.#client.connect()
    return this
  }

  /** What every money table holds: how many rows, and a hash of all that is in them. */
  async state(): Promise<Record<string, string>> {
    const parts = MONEY_TABLES.map((table) => {
      const [schema, name] = table.split('.')
      const row = `(to_jsonb(t) - '{${LOOKS}}'::text[])::text`
      return `select '${table}' as name, count(*) || ':' || coalesce(md5(string_agg(${row}, ','
              order by ${row})), '') as content from "${schema}"."${name}" t`
    })
    const { rows } = await this.#client.query(parts.join(' union all '))
    return Object.fromEntries(rows.map(({ name, content }) => [name, content]))
  }

  /** What was recorded of deliveries, newest first. */
  async deliveries(): Promise<{ body: string; status: string; lastError: string | null }[]> {
    const { rows } = await this.#client.query(
      'select body, status, last_error as "lastError" from gramkit.inbox_delivery order by id desc',
    )
    return rows
  }

  /** Why reports were refused, newest first. */
  async refusals(): Promise<string[]> {
    const { rows } = await this.#client.query(
      `select problem from gramkit.payment_event where outcome = 'refused' order by id desc`,
    )
    return rows.map(({ problem }) => problem)
  }

  /** All rows of all tables as text, with the table's name. */
  async everything(): Promise<{ table: string; row: string }[]> {
    const { rows: tables } = await this.#client.query(
      `select table_schema as schema, table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    const found: { table: string; row: string }[] = []
    for (const { schema, name } of tables) {
      const { rows } = await this.#client.query(
        `select t::text as row from "${schema}"."${name}" t`,
      )
      for (const { row } of rows) found.push({ table: `${schema}.${name}`, row })
    }
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }
}
