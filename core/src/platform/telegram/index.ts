/**
 * How Telegram's updates come in.
 *
 * @module
 */
export { readSenderId } from './sender.ts'
export { WebhookSecretInvalid } from './telegram.errors.ts'
export { type TelegramWebhookOptions, telegramWebhook } from './telegram-webhook.ts'
