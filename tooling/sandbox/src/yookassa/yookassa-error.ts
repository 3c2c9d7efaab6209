import { randomUUID } from 'node:crypto'

const CODES = {
  400: 'invalid_request',
  401: 'invalid_credentials',
  403: 'forbidden',
  404: 'not_found',
  429: 'too_many_requests',
  500: 'internal_server_error',
} as const

/** A refusal as YooKassa words it. */
export class YookassaError extends Error {
  readonly status: keyof typeof CODES
  readonly parameter: string | undefined

  constructor(status: keyof typeof CODES, description: string, parameter?: string) {
    super(description)
    this.status = status
    this.parameter = parameter
  }

  /** The answer to the shop. */
  toAnswer(): Record<string, string> {
    return {
      type: 'error',
      id: randomUUID(),
      code: CODES[this.status],
      description: this.message,
      ...(this.parameter ? { parameter: this.parameter } : {}),
    }
  }
}

/** A refusal because of what the shop asked for. */
export function invalid(description: string, parameter?: string): YookassaError {
  return new YookassaError(400, description, parameter)
}
