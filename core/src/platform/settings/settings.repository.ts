import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import { builtOnce, type Executor, type ValueOf } from '../database/index.ts'
import { setting } from './setting.table.ts'

type SettingRow = typeof setting.$inferSelect

const findLatest = builtOnce((db, value: ValueOf<{ name: string }>) =>
  db
    .select()
    .from(setting)
    .where(eq(setting.name, value('name')))
    .orderBy(desc(setting.version))
    .limit(1),
)

const findLatestOf = builtOnce((db, value: ValueOf<{ names: readonly string[] }>) =>
  db
    .selectDistinctOn([setting.name])
    .from(setting)
    .where(sql`${setting.name} = any(${value('names')})`)
    .orderBy(setting.name, desc(setting.version)),
)

/** Versions of settings. */
export class SettingsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Reads what a setting is now; undefined when nobody has changed it. */
  async findLatest(name: string): Promise<SettingRow | undefined> {
    const [row] = await findLatest(this.#db, { name })
    return row
  }

  /** Reads what some settings are now, those that nobody has changed aside. */
  findLatestOf(names: readonly string[]): Promise<SettingRow[]> {
    return findLatestOf(this.#db, { names })
  }

  /** Reads one page of a setting's changes, newest first. */
  async list(name: string, request: PageRequest): Promise<Page<SettingRow>> {
    const limit = pageLimit(request)
    const before = request.cursor ? Number(decodeCursor(request.cursor, 'number')) : undefined
    const found = await this.#db
      .select()
      .from(setting)
      .where(
        and(eq(setting.name, name), before === undefined ? undefined : lt(setting.version, before)),
      )
      .orderBy(desc(setting.version))
      .limit(limit + 1)
    return toPage(found, limit, ({ version }) => String(version))
  }

  /** Keeps everybody else from changing a setting until the transaction ends. */
  async lock(name: string): Promise<void> {
    await this.#db.execute(
      sql`select pg_advisory_xact_lock(hashtext('gramkit.setting'), hashtext(${name}))`,
    )
  }

  /** Writes a new version. */
  async insert(row: SettingRow): Promise<void> {
    await this.#db.insert(setting).values(row)
  }
}
