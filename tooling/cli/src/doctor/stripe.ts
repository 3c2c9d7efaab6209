import type { Config } from '@gramkit/core/config'
import { type Finding, ok, problem } from '../findings.ts'

const TIMEOUT_MS = 10_000

/** Asks Stripe whether it knows the key; tries nothing else. */
export async function checkStripe({ stripe }: Config): Promise<Finding[]> {
  if (!stripe) return [ok('Payments by Stripe are off')]
  const { status } = await fetch(new URL('/v1/payment_intents?limit=1', stripe.apiRoot), {
    headers: { authorization: `Bearer ${stripe.secretKey}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (status === 401 || status === 403) {
    return [problem(`Stripe refuses the key (${status})`, 'copy the secret key anew')]
  }
  if (status !== 200) return [problem(`Stripe answered ${status}`, 'try again, then ask Stripe')]
  const isTest = /^[rs]k_test_/.test(stripe.secretKey)
  return [ok(`Stripe knows the key${isTest ? ', which is of test mode' : ''}`)]
}
