import type { ApiError } from '@grammyjs/types'

/** A refusal as Telegram words it. */
export class TelegramError extends Error {
  readonly status: number
  readonly parameters: ApiError['parameters']

  constructor(status: number, description: string, parameters?: ApiError['parameters']) {
    super(description)
    this.status = status
    this.parameters = parameters
  }

  /** The answer to the bot. */
  toAnswer(): ApiError {
    return {
      ok: false,
      error_code: this.status,
      description: this.message,
      ...(this.parameters ? { parameters: this.parameters } : {}),
    }
  }
}

/** A refusal because of what the bot asked for. */
export function badRequest(description: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${description}`)
}
