import { type Config, loadConfig } from '@gramkit/core/config'
import { assert, newId } from '@gramkit/core/kernel'
import { createLogger } from '@gramkit/core/log'
import type { Sandbox, SandboxOptions, UserControl } from '@gramkit/sandbox'
import { sandboxProxy } from '@gramkit/sandbox/proxy'
import {
  type Answer,
  type ApiClient,
  apiClient,
  type RunningApp,
  startRunningApp,
} from '@gramkit/sandbox/testing'
import { migrateShop } from '../migrations.ts'
import { type ServedShop, serveShop } from '../serve.ts'

export { type Answer, type ApiClient, apiClient, eventually } from '@gramkit/sandbox/testing'

/** A shop that really listens, on its own database, with a sandbox around it. */
export interface RunningShop extends RunningApp<ServedShop> {
  readonly config: Config
  /** The variables that the configuration was read from. */
  readonly environment: Readonly<Record<string, string>>
  readonly adminToken: string
}

const BOT_TOKEN = '700000001:AAtest-token-of-the-shop-in-its-tests'
const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-shop' }

/** Variables of a shop that takes money by Stripe too. */
export const WITH_STRIPE = {
  GRAMKIT_STRIPE_SECRET_KEY: 'sk_test_secret-key-of-the-shop',
  GRAMKIT_STRIPE_WEBHOOK_SECRET: 'whsec_secret-of-the-shops-endpoint',
}

/** What tests show an administrator's routes. */
export const ADMIN_TOKEN = 'admin-token-of-the-shop-in-its-tests'

/** The accounts of a sandbox that the shop of {@link shopVariables} is at home in. */
export function shopAccounts(
  url: string,
  overrides: Record<string, string> = {},
): Pick<SandboxOptions, 'bots' | 'shops' | 'stripeAccounts'> {
  const { GRAMKIT_STRIPE_SECRET_KEY: stripeKey, GRAMKIT_STRIPE_WEBHOOK_SECRET: stripeSecret } =
    overrides
  const issuesReceipts = overrides['GRAMKIT_YOOKASSA_RECEIPTS'] === 'email'
  return {
    bots: [{ token: BOT_TOKEN, username: 'shop_bot', name: 'Shop', miniAppUrl: `${url}/shop/` }],
    shops: [
      {
        ...SHOP,
        webhookUrl: `${url}/webhooks/yookassa`,
        ...(issuesReceipts ? { receipts: 'email' as const } : {}),
      },
    ],
    stripeAccounts:
      stripeKey && stripeSecret
        ? [
            {
              accountId: 'acct_shop',
              secretKey: stripeKey,
              webhookSecret: stripeSecret,
              webhookUrl: `${url}/webhooks/stripe`,
            },
          ]
        : [],
  }
}

/** The environment of a shop that is reached at an address, save for its port. */
export function shopVariables(at: {
  readonly url: string
  readonly databaseUrl: string
  readonly sandboxUrl: string
  /** The sandbox's mail server. [no mails are sent] */
  readonly smtpUrl?: string
}): Record<string, string> {
  return {
    DATABASE_URL: at.databaseUrl,
    GRAMKIT_HOST: '127.0.0.1',
    GRAMKIT_PUBLIC_URL: at.url,
    GRAMKIT_ADMIN_TOKEN: ADMIN_TOKEN,
    GRAMKIT_TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-of-the-tests',
    GRAMKIT_TELEGRAM_API_ROOT: `${at.sandboxUrl}/sandbox/telegram`,
    GRAMKIT_YOOKASSA_SHOP_ID: SHOP.shopId,
    GRAMKIT_YOOKASSA_SECRET_KEY: SHOP.secretKey,
    GRAMKIT_YOOKASSA_API_ROOT: `${at.sandboxUrl}/sandbox/yookassa/v3`,
    GRAMKIT_YOOKASSA_RECEIPTS: 'none',
    GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: '127.0.0.1/32',
    GRAMKIT_STRIPE_API_ROOT: at.sandboxUrl,
    // The clock of tests brings in a moment what takes months.
    GRAMKIT_MESSAGES_PER_SECOND: '0',
    GRAMKIT_DEV_CLOCK_URL: `${at.sandboxUrl}/sandbox/api/clock`,
    GRAMKIT_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    ...(at.smtpUrl === undefined
      ? {}
      : {
          GRAMKIT_SMTP_URL: at.smtpUrl,
          GRAMKIT_MAIL_FROM: 'Shop <shop@example.org>',
          GRAMKIT_CODE_SECRET: 'secret-of-the-codes-in-the-shops-tests',
        }),
  }
}

/** Starts a shop for a test file. */
export async function startRunningShop(
  overrides: Record<string, string> = {},
  options: {
    readonly sandboxOnSameOrigin?: boolean
    /** Bots and shops of others on the same sandbox. [none] */
    readonly others?: Pick<SandboxOptions, 'bots' | 'shops'>
    /** Gets each log line, before known secrets are taken out of it. [standard output] */
    readonly onLogLine?: (line: string) => void
  } = {},
): Promise<RunningShop> {
  let environment: Record<string, string> = {}
  let config: Config | undefined
  const running = await startRunningApp({
    migrate: migrateShop,
    sandboxOnSameOrigin: options.sandboxOnSameOrigin,
    accounts(url) {
      const ours = shopAccounts(url, overrides)
      return {
        ...ours,
        bots: [...(ours.bots ?? []), ...(options.others?.bots ?? [])],
        shops: [...(ours.shops ?? []), ...(options.others?.shops ?? [])],
      }
    },
    serve({ url, port, sandbox, database }) {
      environment = {
        ...shopVariables({
          url,
          databaseUrl: database.appUrl,
          sandboxUrl: sandbox.url,
          smtpUrl: sandbox.smtpUrl,
        }),
        PORT: String(port),
        ...overrides,
      }
      config = loadConfig(environment)
      return serveShop(config, {
        logger: createLogger({
          level: config.logLevel,
          ...(options.onLogLine
            ? { destination: { write: options.onLogLine } }
            : { secrets: config.secrets }),
        }),
        ...(options.sandboxOnSameOrigin ? { beside: sandboxProxy(sandbox.url) } : {}),
      })
    },
  })
  assert(config, 'A shop that runs was configured')
  return { ...running, environment, config, adminToken: config.http.adminToken }
}

/** A customer: a person in the sandbox who has opened the Mini App. */
export interface Customer extends ApiClient {
  /** The person, as the sandbox plays them. */
  readonly person: UserControl
  /** Telegram's id of the person. */
  readonly telegramId: number
  readonly userId: string
  buy(productId: string, gateway?: string, currency?: string): Promise<Answer>
}

/** What people need of a shop: its address, and the sandbox they live in. */
export interface ShopWithPeople {
  readonly url: string
  readonly sandbox: Pick<Sandbox, 'control'>
}

/** Makes a person in the sandbox and logs them in with their init data, of the shop's own bot. */
export async function aCustomer(
  shop: ShopWithPeople,
  name = 'Ada',
  bot?: string,
): Promise<Customer> {
  const person = shop.sandbox.control.user(newId(), { first_name: name })
  const initData = await person.initData(bot === undefined ? {} : { bot })
  const login = await apiClient(shop, 'none').post('/api/v1/auth/telegram', { initData })
  const client = apiClient(shop, login.body.token)
  return {
    ...client,
    person,
    telegramId: await person.id(),
    userId: login.body.user.id,
    buy: (productId, gateway = 'telegram-stars', currency = 'XTR') =>
      client.post('/api/v1/payments', { productId, gateway, currency }),
  }
}

/** A guest on the web. */
export async function aGuest(shop: Pick<RunningShop, 'url'>): Promise<ApiClient> {
  const login = await apiClient(shop, 'none').post('/api/v1/auth/guest', { deviceKey: newId() })
  return apiClient(shop, login.body.token)
}
