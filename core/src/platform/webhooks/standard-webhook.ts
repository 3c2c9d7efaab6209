import { createHmac } from 'node:crypto'
import { InvalidValue } from '../../kernel/index.ts'

/** Where signed messages are posted. */
export interface WebhookTarget {
  /** From the configuration only: nobody may choose where the platform calls. */
  readonly url: string
  readonly key: Buffer
  /** Longest that the receiver may think. [5 000] */
  readonly timeoutMs?: number | undefined
}

/** One message; the receiver dedupes on its id. */
export interface WebhookMessage {
  readonly id: string
  /** When it is sent. */
  readonly at: Date
  /** JSON. */
  readonly body: string
}

const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64

/**
 * Reads a secret of Standard Webhooks: `whsec_` and base64 of 24 to 64 random bytes.
 *
 * @throws {@link InvalidValue} when the secret is none of that form
 */
export function readWebhookKey(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  if (key.length < SECRET_BYTES_MIN || key.length > SECRET_BYTES_MAX) {
    throw new InvalidValue({
      field: 'webhook.secret',
      problem: 'is not whsec_ and base64 of 24 to 64 bytes',
      remedy: 'make one with: openssl rand -base64 32',
    })
  }
  return key
}

/**
 * Posts a message, signed as Standard Webhooks asks (standardwebhooks.com), and gives the status of
 * the answer; undefined when there was none, so that it may have arrived.
 */
export async function postWebhook(
  { url, key, timeoutMs = 5_000 }: WebhookTarget,
  { id, at, body }: WebhookMessage,
): Promise<number | undefined> {
  const timestamp = String(Math.floor(at.getTime() / 1_000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature.digest('base64')}`,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}
