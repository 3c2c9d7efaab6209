import { createHmac } from 'node:crypto'
import { type Clock, InvalidValue } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import type { NotificationChannel, SendOutcome } from '../channel.ts'

/** Where notifications are posted, and what signs them. */
export interface WebhookChannelOptions {
  /** From the configuration only: nobody may choose where the platform calls. */
  readonly url: string
  /** `whsec_` and base64 of 24 to 64 random bytes. */
  readonly secret: string
  readonly clock: Clock
  /** Longest that the receiver may think. [5 000] */
  readonly timeoutMs?: number
}

const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64

/**
 * Posts notifications as JSON, signed as Standard Webhooks asks (standardwebhooks.com). The receiver
 * dedupes on `webhook-id`: what it did not answer with 2xx comes again.
 *
 * @throws {@link InvalidValue} when the secret is none of that form
 * @example
 * const channel = webhookChannel({ url, secret, clock })
 */
export function webhookChannel({
  url,
  secret,
  clock,
  timeoutMs = 5_000,
}: WebhookChannelOptions): NotificationChannel {
  const key = readSecret(secret)
  return {
    name: 'webhook',
    isRepeatable: true,
    async send({ id, template, user, title, text, buttons = [] }) {
      assertNoTransaction('webhookChannel.send')
      const now = clock.now()
      const timestamp = String(Math.floor(now.getTime() / 1_000))
      const body = JSON.stringify({
        type: template,
        timestamp: now.toISOString(),
        data: { userId: user.id, title, text, buttons },
      })
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
        return readStatus(response.status)
      } catch {
        return { kind: 'unclear', reason: 'no answer' }
      }
    },
  }
}

function readStatus(status: number): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const reason = `the receiver answered ${status}`
  // Gone: the receiver wants no more.
  return status === 410 ? { kind: 'refused', reason } : { kind: 'later', reason }
}

function readSecret(secret: string): Buffer {
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
