/**
 * What customers are told about their invoices.
 *
 * @module
 */
export { emailNotifier } from './channels/email.ts'
export {
  type CustomerNotice,
  type CustomerNotifier,
  NOTICE_KINDS,
  type NoticeKind,
} from './notice.ts'
export { type NoticeText, noticeText } from './notice-texts.ts'
export { CUSTOMER_NOTICES, notifyCustomer } from './notices.jobs.ts'
export {
  type NoticeOutcome,
  type NoticesScope,
  NoticesService,
  type Occasion,
} from './notices.service.ts'
