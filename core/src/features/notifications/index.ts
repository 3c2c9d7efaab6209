/**
 * Messages to people: what they may be told, how they want to be told, and who can be reached.
 *
 * @module
 */

export { broadcast, broadcastRecipient } from './broadcasts/broadcast.table.ts'
// Broadcasts
export type {
  AudienceCount,
  Broadcast,
  BroadcastAudience,
  BroadcastButtons,
  BroadcastProgress,
  BroadcastStatus,
  BroadcastTexts,
} from './broadcasts/broadcast.ts'
export { BroadcastEnded, PaidTooMuch } from './broadcasts/broadcasts.errors.ts'
export {
  broadcastCanceled,
  broadcastFinished,
  broadcastStarted,
} from './broadcasts/broadcasts.events.ts'
export { sendBroadcasts } from './broadcasts/broadcasts.jobs.ts'
export { BroadcastsRepository } from './broadcasts/broadcasts.repository.ts'
export {
  type BroadcastsScope,
  BroadcastsService,
  type NewBroadcast,
} from './broadcasts/broadcasts.service.ts'
export { broadcastsPart } from './broadcasts/person-part.ts'
export { RecipientsRepository } from './broadcasts/recipients.repository.ts'
export {
  type BroadcastSender,
  type SendingScope,
  SendingService,
} from './broadcasts/sending.service.ts'
// Sending
export type { NotificationChannel, OutgoingMessage, SendOutcome } from './channel.ts'
// Tables
export {
  notification,
  notificationPreference,
  notificationReach,
  notificationSetting,
  notificationSlot,
} from './notification.table.ts'
// Types
export type {
  ChannelName,
  Facts,
  Notification,
  NotificationStatus,
} from './notification.ts'
// Errors and events
export { QuietHoursInvalid, TemplateUnknown, TopicUnknown } from './notifications.errors.ts'
export { userBotBlocked, userBotUnblocked } from './notifications.events.ts'
export {
  inactiveSlot,
  newcomerSlot,
  notifyOn,
  notifySlots,
  sendDueNotifications,
  streakSlot,
} from './notifications.jobs.ts'
// Use cases
export { NotificationsRepository } from './notifications.repository.ts'
export {
  type Channels,
  type NotificationsScope,
  NotificationsService,
  type Occasion,
} from './notifications.service.ts'
export { notificationsPart } from './person-part.ts'
export type { QuietHours, QuietHoursText } from './quiet-hours.ts'
export { ReachRepository } from './reach/reach.repository.ts'
export { type ReachScope, ReachService } from './reach/reach.service.ts'
export { SettingsRepository } from './settings/settings.repository.ts'
export {
  type NotificationSettings,
  type SettingsChanges,
  type SettingsScope,
  SettingsService,
} from './settings/settings.service.ts'
export { defineSlot, type Slot, type SlotPerson, type SlotQuery } from './slots/slot.ts'
export { SlotsRepository } from './slots/slots.repository.ts'
export { type SlotsScope, SlotsService, type SlotsTicked } from './slots/slots.service.ts'
// Declaring what is said
export {
  type AnyTemplate,
  type Audience,
  anyTemplate,
  createTemplateCatalog,
  defineTemplate,
  type MessageButton,
  type MessageContent,
  type MessageReader,
  NEWS,
  type NotificationOptions,
  type NotificationTemplate,
  type Priority,
  type TemplateCatalog,
  type Texts,
  type Topic,
} from './template.ts'
