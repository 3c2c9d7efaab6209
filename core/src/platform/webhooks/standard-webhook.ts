import { createHmac } from 'node:crypto'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP } from 'node:net'
import { InvalidValue } from '../../kernel/index.ts'
import { isPublicAddress, lookUpPublic, NOT_PUBLIC } from './public-address.ts'

/** How far webhooks reach: `public` refuses what is no host of the public internet. */
export type WebhookReach = 'public' | 'anywhere'

/** Where signed messages are posted. */
export interface WebhookTarget {
  readonly url: string
  /** `anywhere` only where the configuration gives the address; what somebody may choose is `public`. */
  readonly reach: WebhookReach
  /** The message is signed by each. */
  readonly keys: readonly Buffer[]
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

/** What came of posting a message: the status, or why there is none. */
export type WebhookAnswer =
  | { readonly status: number }
  | { readonly status: null; readonly problem: 'no_answer' | 'timeout' | 'address_not_public' }

/**
 * Posts a message, signed as Standard Webhooks asks (standardwebhooks.com), and gives what came of it.
 * Without an answer it may have arrived. Redirections are not followed, and nothing is read beyond the
 * status.
 */
export function postWebhook(
  { url, reach, keys, timeoutMs = 5_000 }: WebhookTarget,
  { id, at, body }: WebhookMessage,
): Promise<WebhookAnswer> {
  const { protocol, hostname } = new URL(url)
  const isOpen = reach === 'anywhere'
  const address = hostname.replace(/^\[|\]$/g, '')
  // Names are looked at when they are looked up, and addresses are not looked up.
  if (!isOpen && isIP(address) > 0 && !isPublicAddress(address)) {
    return Promise.resolve({ status: null, problem: 'address_not_public' })
  }
  const timestamp = String(Math.floor(at.getTime() / 1_000))
  const signatures = keys.map((key) => {
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`)
    return `v1,${signature.digest('base64')}`
  })
  const { promise, resolve } = Promise.withResolvers<WebhookAnswer>()
  const signal = AbortSignal.timeout(timeoutMs)
  const request = (protocol === 'https:' ? https : http).request(url, {
    method: 'POST',
    // A connection of its own: one that is kept was made for others, perhaps without this look.
    agent: false,
    ...(isOpen ? {} : { lookup: lookUpPublic }),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
    signal,
  })
  request.on('response', (response) => {
    resolve({ status: response.statusCode ?? 0 })
    response.destroy()
  })
  request.on('error', (error) => {
    const isRefused = Reflect.get(error, 'code') === NOT_PUBLIC
    const problem = isRefused ? 'address_not_public' : signal.aborted ? 'timeout' : 'no_answer'
    resolve({ status: null, problem })
  })
  // A receiver that switches protocols is neither of both: its connection is closed, and no more.
  request.on('close', () => resolve({ status: null, problem: 'no_answer' }))
  request.end(body)
  return promise
}
