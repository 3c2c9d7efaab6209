/**
 * Deliveries from outside, stored once and applied once, whatever fails in between.
 *
 * @module
 */
export { forgetOldMessages } from './forget-old.ts'
export { DeliveryNotParked, UnknownProvider } from './inbox.errors.ts'
export { InboxRepository, type InboxRow } from './inbox.repository.ts'
export { inboxDelivery } from './inbox.table.ts'
export {
  type Delivery,
  type DeliveryOutcome,
  defineInboxHandler,
  Inbox,
  type InboxDelivery,
  type InboxHandler,
  type InboxOptions,
  type InboxScope,
} from './inbox.ts'
