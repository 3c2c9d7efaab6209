import { Stripe } from 'stripe'
import type { Sandbox } from '../index.ts'

/** The account at Stripe in tests. */
export const STRIPE_ACCOUNT = {
  accountId: 'acct_sandbox',
  secretKey: 'sk_test_of_the_sandbox_0123456789',
  webhookSecret: 'whsec_of_the_sandbox_0123456789',
}

/** Makes Stripe's own SDK talk to a sandbox. */
export function stripeSdk({ url }: Pick<Sandbox, 'url'>): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(STRIPE_ACCOUNT.secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
}
