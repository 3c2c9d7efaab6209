/**
 * What surrounds a page: a Telegram client, or a browser alone.
 *
 * @module
 */
export { deviceKey, type Host, type InvoiceEnd, webHost } from './host.ts'
export { telegramHost } from './telegram-host.ts'
