import { AppError } from '../../kernel/index.ts'

/** A delivery does not carry the secret that was agreed with Telegram. */
export class WebhookSecretInvalid extends AppError {
  readonly code = 'telegram.webhook_secret_invalid'
  readonly kind = 'unauthenticated'

  constructor() {
    super('The webhook secret is missing or wrong')
  }
}
