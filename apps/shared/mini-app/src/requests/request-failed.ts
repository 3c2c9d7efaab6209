/** A request that did not do what it was for; `code` is the server's, or one of ours. */
export class RequestFailed extends Error {
  readonly code: string
  readonly status: number
  /** The server's own words, for cases this app has no text for. */
  readonly title: string | undefined

  constructor(
    facts: { code: string; status: number; title?: string | undefined },
    options?: ErrorOptions,
  ) {
    super(facts.title ?? facts.code, options)
    this.name = 'RequestFailed'
    this.code = facts.code
    this.status = facts.status
    this.title = facts.title
  }

  /** Whether the same request may succeed later: nobody knows yet what it did. */
  get isTransient(): boolean {
    return (
      this.status === 0 ||
      this.status === 401 ||
      this.status === 429 ||
      this.status >= 500 ||
      TRANSIENT_CODES.has(this.code)
    )
  }
}

const TRANSIENT_CODES = new Set(['http.idempotency_in_progress', 'database.lock_unavailable'])

/** Reads the body of an error answer (RFC 9457); a body of another shape loses only its words. */
export function failureOf(status: number, body: unknown): RequestFailed {
  const code = textIn(body, 'code') ?? 'client.unreadable'
  return new RequestFailed({ code, status, title: textIn(body, 'title') })
}

/** Puts any thrown value into words the screens know. */
export function toRequestFailed(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error
  return new RequestFailed({ code: 'client.unreachable', status: 0 }, { cause: error })
}

function textIn(body: unknown, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const value: unknown = Reflect.get(body, key)
  return typeof value === 'string' ? value : undefined
}
