import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { BILLING_PATH, ensureDemo, migrateBilling, serveBilling } from '@gramkit/billing-backend'
import { loadConfig } from '@gramkit/core/config'
import { createLogger } from '@gramkit/core/log'
import { forward } from '@gramkit/launchpad'
import type { FastifyPluginAsync } from 'fastify'
import type { Home, Secrets } from './home.ts'
import type { SandboxProcess } from './sandbox-process.ts'

const HOST = '127.0.0.1'

/** Billing's own database, beside the shop's. */
export const BILLING_DATABASE = 'billing'

/** Billing's bot, shop and Stripe account, as the sandbox knows them. */
export function billingAccounts(publicUrl: string, localUrl: string, secrets: Secrets) {
  const webhooks = `${localUrl}${BILLING_PATH}/webhooks`
  return {
    bot: {
      token: secrets.billingBotToken,
      username: 'gramkit_billing_bot',
      name: 'gramkit billing',
      miniAppUrl: `${publicUrl}${BILLING_PATH}/`,
    },
    shop: {
      shopId: secrets.billingShopId,
      secretKey: secrets.billingShopSecretKey,
      webhookUrl: `${webhooks}/yookassa`,
    },
    stripeAccount: {
      accountId: 'acct_gramkit_billing',
      secretKey: secrets.stripeSecretKey,
      webhookSecret: secrets.stripeWebhookSecret,
      webhookUrl: `${webhooks}/stripe`,
    },
  }
}

/** Starts billing as a server of its own, behind the one origin that people see. */
export async function startBilling({
  home,
  publicUrl,
  sandbox,
  database,
  port,
}: {
  readonly home: Home
  readonly publicUrl: string
  readonly sandbox: Pick<SandboxProcess, 'url' | 'smtpUrl'>
  readonly database: { readonly url: string; readonly ownerUrl: string }
  readonly port: number
}): Promise<{
  readonly onSameOrigin: FastifyPluginAsync
  /** The API key of the demo tenant. */
  readonly apiKey: string
  close(): Promise<void>
}> {
  const { secrets } = home
  await migrateBilling(database.ownerUrl)
  const config = loadConfig({
    DATABASE_URL: database.url,
    DEFAULT_TENANT_ID: secrets.demoTenantId,
    PORT: String(port),
    GRAMKIT_HOST: HOST,
    GRAMKIT_PUBLIC_URL: publicUrl,
    GRAMKIT_TRUSTED_PROXIES: `${HOST}/32`,
    GRAMKIT_ADMIN_TOKEN: secrets.adminToken,
    GRAMKIT_TELEGRAM_BOT_TOKEN: secrets.billingBotToken,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: secrets.billingWebhookSecret,
    GRAMKIT_TELEGRAM_API_ROOT: `${sandbox.url}/sandbox/telegram`,
    GRAMKIT_YOOKASSA_SHOP_ID: secrets.billingShopId,
    GRAMKIT_YOOKASSA_SECRET_KEY: secrets.billingShopSecretKey,
    GRAMKIT_YOOKASSA_API_ROOT: `${sandbox.url}/sandbox/yookassa/v3`,
    GRAMKIT_YOOKASSA_RECEIPTS: 'none',
    GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: `${HOST}/32`,
    GRAMKIT_STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    GRAMKIT_STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    GRAMKIT_STRIPE_API_ROOT: sandbox.url,
    GRAMKIT_SMTP_URL: sandbox.smtpUrl,
    GRAMKIT_CODE_SECRET: secrets.codeSecret,
    GRAMKIT_MAIL_FROM: 'gramkit billing <billing@gramkit.example>',
    GRAMKIT_DEV_CLOCK_URL: `${sandbox.url}/sandbox/api/clock`,
  })
  const logger = createLogger({
    level: config.logLevel,
    secrets: config.secrets,
    destination: createWriteStream(home.billingLogFile, { flags: 'a' }),
  })
  const served = await serveBilling(config, { logger })
  const { billing } = served.app.platform.services
  const kept = existsSync(home.billingKeyFile)
    ? readFileSync(home.billingKeyFile, 'utf8').trim()
    : undefined
  const apiKey = await ensureDemo(
    billing,
    { databaseUrl: database.url, tenantId: secrets.demoTenantId, apiKey: kept },
    served.app.platform.clock.now(),
  )
  writeFileSync(home.billingKeyFile, `${apiKey}\n`, { mode: 0o600 })
  return {
    onSameOrigin: forward([BILLING_PATH], { service: 'billing', url: `http://${HOST}:${port}` }),
    apiKey,
    close: served.close,
  }
}
