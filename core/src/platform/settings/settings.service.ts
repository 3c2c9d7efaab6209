import { z } from 'zod'
import { type Clock, InvalidValue, type Page, type PageRequest } from '../../kernel/index.ts'
import type { Transactional } from '../database/index.ts'
import type { OutboxRepository } from '../outbox/index.ts'
import type { Setting, SettingChange, SettingsNow, SettingVersion } from './setting.ts'
import { SettingConflict } from './settings.errors.ts'
import { settingChanged } from './settings.events.ts'
import type { SettingsRepository } from './settings.repository.ts'

/** All that the settings service may touch. */
export interface SettingsScope extends Transactional<SettingsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly settings: SettingsRepository
    readonly outbox: OutboxRepository
    /** The audit is a feature above the platform, so it is known by what it is asked to do. */
    readonly audit: {
      insert(entry: {
        readonly actor: string
        readonly action: string
        readonly subject: string
        readonly facts: Readonly<Record<string, string>>
        readonly createdAt: Date
      }): Promise<void>
    }
  }
}

const reasonSchema = z.string().trim().min(1).max(500)

/** What administrators change while the kit runs: each version is kept for ever. */
export class SettingsService {
  readonly #scope: SettingsScope

  constructor(scope: SettingsScope) {
    this.#scope = scope
  }

  /**
   * Reads what a setting is now, in the transaction that asks if there is one.
   *
   * @example
   * const { value, version } = await tx.settings.get(waitlistWeights)
   */
  async get<Value>(setting: Setting<Value>): Promise<SettingVersion<Value>> {
    const row = await this.#scope.repos.settings.findLatest(setting.name)
    return row ? versionOf(setting, row) : initialOf(setting)
  }

  /**
   * Reads what several settings are at one moment, and gives what tells each of them.
   *
   * @example
   * const now = await tx.settings.read([waitlistWeights, waitlistWaits])
   * const { value } = now(waitlistWaits)
   */
  async read(settings: readonly Pick<Setting<unknown>, 'name'>[]): Promise<SettingsNow> {
    const rows = await this.#scope.repos.settings.findLatestOf(settings.map(({ name }) => name))
    return (setting) => {
      const row = rows.find(({ name }) => name === setting.name)
      return row ? versionOf(setting, row) : initialOf(setting)
    }
  }

  /**
   * Makes a new version of a setting; those who change one at the same time wait for each other.
   *
   * Writes the audit entry and emits `setting.changed`.
   *
   * @throws {@link InvalidValue} naming the field of the value, or the reason
   * @throws {@link SettingConflict} when the expected version is not the latest any more
   * @example
   * await services.settings.change(waitlistWeights, { value, actor, reason, expectedVersion: 3 })
   */
  async change<Value>(
    setting: Setting<Value>,
    { value, actor, reason, expectedVersion }: SettingChange,
  ): Promise<SettingVersion<Value>> {
    const checked = {
      value: check(setting.schema, value, setting.name),
      actor,
      reason: check(reasonSchema, reason, 'reason'),
    }
    return this.#scope.transaction(async ({ clock, repos }) => {
      await repos.settings.lock(setting.name)
      const latest = (await repos.settings.findLatest(setting.name))?.version ?? 0
      if (expectedVersion !== undefined && expectedVersion !== latest) {
        throw new SettingConflict({ setting: setting.name, expectedVersion, version: latest })
      }
      const made = { ...checked, version: latest + 1, createdAt: clock.now() }
      await repos.settings.insert({ ...made, name: setting.name })
      await repos.audit.insert({
        actor,
        action: 'setting.changed',
        subject: `setting:${setting.name}`,
        facts: { version: String(made.version), reason: made.reason },
        createdAt: made.createdAt,
      })
      await repos.outbox.add(
        settingChanged.create({
          occurredAt: made.createdAt,
          subjectId: setting.name,
          payload: { setting: setting.name, version: made.version },
        }),
      )
      return made
    })
  }

  /** Reads one page of what a setting was, newest first; version 0 stands behind the last of them. */
  async history<Value>(
    setting: Setting<Value>,
    request: PageRequest = {},
  ): Promise<Page<SettingVersion<Value>>> {
    const { items, nextCursor } = await this.#scope.repos.settings.list(setting.name, request)
    const changes = items.map((row) => versionOf(setting, row))
    return { items: nextCursor ? changes : [...changes, initialOf(setting)], nextCursor }
  }
}

function versionOf<Value>(
  { schema }: Setting<Value>,
  { version, value, actor, reason, createdAt }: SettingVersion<unknown>,
): SettingVersion<Value> {
  return { version, value: schema.parse(value), actor, reason, createdAt }
}

function initialOf<Value>({ initial }: Setting<Value>): SettingVersion<Value> {
  return { version: 0, value: initial, actor: 'system', reason: 'initial value', createdAt: null }
}

function check<Value>(schema: z.ZodType<Value>, value: unknown, name: string): Value {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidValue({
    field: [name, ...(issue?.path ?? [])].join('.'),
    problem: `is refused: ${issue?.message ?? 'invalid'}`,
  })
}
