import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import {
  notification,
  notificationPreference,
  notificationReach,
  notificationSetting,
} from './notification.table.ts'
import type { NotificationsRepository } from './notifications.repository.ts'
import type { SettingsRepository } from './settings/settings.repository.ts'

/** What somebody was told and how they want to be told: their own word counts before a guest's. */
export const notificationsPart: PersonPart<{
  readonly repos: {
    readonly notifications: NotificationsRepository
    readonly notificationSettings: SettingsRepository
    readonly personRows: PersonRows
  }
}> = {
  name: 'notifications',
  tables: [notification, notificationSetting, notificationPreference, notificationReach],
  async merge({ repos }, { guestId, userId }) {
    await repos.notifications.adopt(guestId, userId)
    await repos.notificationSettings.adopt(guestId, userId)
    await repos.personRows.remove(notificationReach.userId, guestId)
  },
  export: async ({ repos: { personRows } }, userId) => ({
    notifications: await personRows.read(notification.userId, userId),
    settings: await personRows.read(notificationSetting.userId, userId),
    preferences: await personRows.read(notificationPreference.userId, userId),
    unreachable: await personRows.read(notificationReach.userId, userId),
  }),
  async erase({ repos: { personRows } }, userId) {
    await personRows.remove(notification.userId, userId)
    await personRows.remove(notificationSetting.userId, userId)
    await personRows.remove(notificationPreference.userId, userId)
    await personRows.remove(notificationReach.userId, userId)
  },
}
