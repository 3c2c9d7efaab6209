import type { Clock } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import { postWebhook, readWebhookKey } from '../../../platform/webhooks/index.ts'
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
  timeoutMs,
}: WebhookChannelOptions): NotificationChannel {
  const key = readWebhookKey(secret)
  return {
    name: 'webhook',
    isRepeatable: true,
    async send({ id, template, user, title, text, buttons = [] }) {
      assertNoTransaction('webhookChannel.send')
      const at = clock.now()
      const body = JSON.stringify({
        type: template,
        timestamp: at.toISOString(),
        data: { userId: user.id, title, text, buttons },
      })
      const target = { url, reach: 'anywhere', keys: [key], timeoutMs } as const
      const { status } = await postWebhook(target, { id, at, body })
      return status === null ? { kind: 'unclear', reason: 'no answer' } : readStatus(status)
    },
  }
}

function readStatus(status: number): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const reason = `the receiver answered ${status}`
  // Gone: the receiver wants no more.
  return status === 410 ? { kind: 'refused', reason } : { kind: 'later', reason }
}
