import type { ApiKey, ApiScope, Tenant } from '@gramkit/core/billing'
import { API_SCOPES } from '@gramkit/core/billing'
import { loadConfig } from '@gramkit/core/config'
import { newId } from '@gramkit/core/kernel'
import { createLogger } from '@gramkit/core/log'
import { sandboxProxy } from '@gramkit/sandbox/proxy'
import {
  type ApiClient,
  apiClient,
  type RunningApp,
  startRunningApp,
} from '@gramkit/sandbox/testing'
import { migrateBilling } from '../migrations.ts'
import { BILLING_PATH } from '../pages.ts'
import { type ServedBilling, serveBilling } from '../serve.ts'

/** Billing that really listens, on its own database, with a sandbox around it. */
export interface RunningBilling extends RunningApp<ServedBilling> {
  /** Makes a tenant, with a key that may do everything, or what is said. */
  tenant(input?: {
    readonly code?: string
    readonly currency?: Tenant['currency']
    readonly scopes?: readonly ApiScope[]
    /** In minor units: what workers bill by themselves waits for somebody where it is above. [none] */
    readonly approvalThreshold?: bigint
  }): Promise<TenantClient>
}

/** A tenant, and its API called with its key. */
export interface TenantClient extends ApiClient {
  readonly tenant: Tenant
  readonly apiKey: ApiKey
}

const BOT_TOKEN = '700000003:AAtest-token-of-billing-in-its-own-tests'
const SHOP = { shopId: '100501', secretKey: 'test_secret-key-of-billing' }
const STRIPE = {
  secretKey: 'sk_test_secret-key-of-billing',
  webhookSecret: 'whsec_secret-of-billing',
}

/** What links and codes of tests follow from. */
export const CODE_SECRET = 'secret-of-the-codes-in-tests-of-billing'

/** What tests show an administrator's routes. */
export const ADMIN_TOKEN = 'admin-token-of-billing-in-its-tests'

/** Starts billing for a test file. */
export async function startRunningBilling(
  overrides: Record<string, string> = {},
  options: {
    /** The sandbox is shown below the same address too. [no] */
    readonly sandboxOnSameOrigin?: boolean
  } = {},
): Promise<RunningBilling> {
  const running = await startRunningApp({
    migrate: migrateBilling,
    sandboxOnSameOrigin: options.sandboxOnSameOrigin,
    accounts: (url) => ({
      bots: [{ token: BOT_TOKEN, username: 'billing_bot', name: 'Billing' }],
      shops: [{ ...SHOP, webhookUrl: `${url}${BILLING_PATH}/webhooks/yookassa` }],
      stripeAccounts: [
        {
          ...STRIPE,
          accountId: 'acct_billing',
          webhookUrl: `${url}${BILLING_PATH}/webhooks/stripe`,
        },
      ],
    }),
    serve({ url, port, sandbox, database }) {
      const config = loadConfig({
        DATABASE_URL: database.appUrl,
        PORT: String(port),
        GRAMKIT_HOST: '127.0.0.1',
        GRAMKIT_PUBLIC_URL: url,
        GRAMKIT_ADMIN_TOKEN: ADMIN_TOKEN,
        GRAMKIT_TELEGRAM_BOT_TOKEN: BOT_TOKEN,
        GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-of-the-tests',
        GRAMKIT_TELEGRAM_API_ROOT: `${sandbox.url}/sandbox/telegram`,
        GRAMKIT_YOOKASSA_SHOP_ID: SHOP.shopId,
        GRAMKIT_YOOKASSA_SECRET_KEY: SHOP.secretKey,
        GRAMKIT_YOOKASSA_API_ROOT: `${sandbox.url}/sandbox/yookassa/v3`,
        GRAMKIT_YOOKASSA_RECEIPTS: 'none',
        GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: '127.0.0.1/32',
        GRAMKIT_STRIPE_SECRET_KEY: STRIPE.secretKey,
        GRAMKIT_STRIPE_WEBHOOK_SECRET: STRIPE.webhookSecret,
        GRAMKIT_STRIPE_API_ROOT: sandbox.url,
        GRAMKIT_SMTP_URL: sandbox.smtpUrl,
        GRAMKIT_MAIL_FROM: 'Billing <billing@example.org>',
        GRAMKIT_CODE_SECRET: CODE_SECRET,
        // Each client of a test names its own network.
        GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32',
        GRAMKIT_DEV_CLOCK_URL: `${sandbox.url}/sandbox/api/clock`,
        GRAMKIT_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
        ...overrides,
      })
      const logger = createLogger({ level: config.logLevel, secrets: config.secrets })
      return serveBilling(config, {
        logger,
        ...(options.sandboxOnSameOrigin ? { beside: sandboxProxy(sandbox.url) } : {}),
      })
    },
  })
  return {
    ...running,
    async tenant({
      code = `T${newId()}`,
      currency = 'EUR',
      scopes = API_SCOPES,
      approvalThreshold,
    } = {}) {
      const { billing } = running.served().app.platform.services
      const fields = { code, name: `Tenant ${code}`, currency, approvalThreshold }
      const tenant = await billing.createTenant(fields)
      const { apiKeys } = billing.forTenant(tenant.id)
      const { key, ...apiKey } = await apiKeys.create({ name: 'Tests', scopes: [...scopes] })
      return { ...apiClient(running, key), tenant, apiKey }
    },
  }
}
