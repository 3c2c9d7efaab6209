/**
 * How Telegram's updates come in, how a press of a button is answered, and how fast messages go out.
 *
 * @module
 */

export { answerPress, type PressAnswer } from './answer-press.ts'
export { paced } from './pace-transformer.ts'
export { SendPace, type SendPaceOptions } from './send-pace.ts'
export { readSenderId } from './sender.ts'
export { WebhookSecretInvalid } from './telegram.errors.ts'
export { type TelegramWebhookOptions, telegramWebhook } from './telegram-webhook.ts'
