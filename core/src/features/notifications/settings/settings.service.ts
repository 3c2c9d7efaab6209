import { type Clock, languageOf } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { UsersService } from '../../users/index.ts'
import { formatQuietHours, parseQuietHours, type QuietHoursText } from '../quiet-hours.ts'
import type { TemplateCatalog } from '../template.ts'
import type { SettingsRepository } from './settings.repository.ts'

/** All that the service of settings may touch. */
export interface SettingsScope extends Transactional<SettingsScope> {
  readonly clock: Clock
  /** Itself, so that an app's override is used by the other use cases too. */
  readonly notificationSettings: Pick<SettingsService, 'read'>
  readonly templates: Pick<TemplateCatalog, 'topics' | 'checkTopic'>
  readonly repos: { readonly notificationSettings: SettingsRepository }
  readonly users: Pick<UsersService, 'getById'>
}

/** How somebody wants to be notified, titles in their language. */
export interface NotificationSettings {
  readonly topics: readonly {
    readonly id: string
    readonly title: string
    readonly isEnabled: boolean
  }[]
  /** By the clock of their time zone; null for none. */
  readonly quietHours: QuietHoursText | null
}

/** What somebody may change about being notified. */
export interface SettingsChanges {
  /** Topics by id: whether they are on. */
  readonly topics?: Readonly<Record<string, boolean>> | undefined
  /** Null takes them away. */
  readonly quietHours?: QuietHoursText | null | undefined
}

/** What people say about being notified. */
export class SettingsService {
  readonly #scope: SettingsScope

  constructor(scope: SettingsScope) {
    this.#scope = scope
  }

  /**
   * How somebody wants to be notified; a topic that they never touched is on.
   *
   * @throws {@link NotFound}
   */
  async read(userId: string): Promise<NotificationSettings> {
    const { repos, templates, users } = this.#scope
    const language = languageOf(await users.getById(userId))
    const preferences = await repos.notificationSettings.listPreferences(userId)
    const quiet = await repos.notificationSettings.findQuietHours(userId)
    return {
      topics: templates.topics.map(({ id, title }) => ({
        id,
        title: title[language],
        isEnabled: preferences.get(id) ?? true,
      })),
      quietHours: quiet ? formatQuietHours(quiet) : null,
    }
  }

  /**
   * Changes what is given, all of it or nothing.
   *
   * @throws {@link TopicUnknown} {@link QuietHoursInvalid} {@link NotFound}
   * @example
   * await services.notificationSettings.update(userId, {
   *   topics: { news: false },
   *   quietHours: { from: '22:00', until: '08:00' },
   * })
   */
  async update(
    userId: string,
    { topics = {}, quietHours }: SettingsChanges,
  ): Promise<NotificationSettings> {
    const quiet = quietHours ? parseQuietHours(quietHours) : quietHours
    const changed = Object.entries(topics)
    for (const [topic] of changed) this.#scope.templates.checkTopic(topic)
    return this.#scope.transaction(async (tx) => {
      const { notificationSettings } = tx.repos
      const updatedAt = tx.clock.now()
      if (quiet !== undefined) await notificationSettings.setQuietHours(userId, quiet, updatedAt)
      for (const [topic, isEnabled] of changed) {
        await notificationSettings.setPreference(userId, topic, { isEnabled, updatedAt })
      }
      return tx.notificationSettings.read(userId)
    })
  }
}
