import { z } from 'zod'
import { isProxyBlock } from './proxy-block.ts'
import { isWebhookSecret } from './webhook-secret.ts'

/** Parts of the kit that one process may play. */
export const ROLES = ['api', 'bot', 'worker', 'relay'] as const

/** A part of the kit that one process may play. */
export type Role = (typeof ROLES)[number]

const address = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol))
/** An http(s) address; a slash at its end does not count. */
export const httpAddress = address(['http:', 'https:']).transform((text) =>
  text.replace(/\/+$/, ''),
)
const postgresAddress = address(['postgres:', 'postgresql:'])
const list = <Value>(item: z.ZodType<Value, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item))
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
const origin = address(['http:', 'https:']).refine((text) => new URL(text).origin === text)

/**
 * Every variable the kit reads. The description ends the sentence "it should be …" in the error and
 * in `.env.example`; an empty text counts as missing.
 */
export const variables = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('development, test or production'),
  DATABASE_URL: postgresAddress.describe(
    "the PostgreSQL address of the application's role, such as postgres://app:password@host/name",
  ),
  DEFAULT_TENANT_ID: z
    .uuid()
    .optional()
    .describe('the id of the tenant that `services.billing.default` bills for'),
  GRAMKIT_OWNER_DATABASE_URL: postgresAddress
    .optional()
    .describe('the PostgreSQL address of the role that owns the schema and migrates'),
  GRAMKIT_DIRECT_DATABASE_URL: postgresAddress
    .optional()
    .describe('the PostgreSQL address past a pooler such as PgBouncer'),
  GRAMKIT_DATABASE_POOL_SIZE: wholeNumber(1, 200)
    .default(10)
    .describe('a whole number from 1 to 200'),
  REDIS_URL: address(['redis:', 'rediss:'])
    .optional()
    .describe('the address of a Redis, such as redis://host:6379'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('a whole number from 0 to 65535'),
  GRAMKIT_HOST: z.string().max(255).default('0.0.0.0').describe('an address to listen on'),
  GRAMKIT_PUBLIC_URL: httpAddress
    .optional()
    .describe('the http(s) address under which people reach the service'),
  GRAMKIT_ROLES: list(z.enum(ROLES))
    .default([...ROLES])
    .describe(`a comma-separated list out of ${ROLES.join(', ')}`),
  GRAMKIT_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,256}$/)
    .describe('16 to 256 random characters without spaces'),
  GRAMKIT_TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d{1,16}:[A-Za-z0-9_-]{20,128}$/)
    .describe('a bot token as BotFather gives it, such as 123456:ABC-DEF'),
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .refine(isWebhookSecret)
    .describe('16 to 256 random letters, digits, - and _'),
  GRAMKIT_TELEGRAM_API_ROOT: httpAddress
    .default('https://api.telegram.org')
    .describe('the http(s) address of a Bot API server'),
  GRAMKIT_SUPPORT_CONTACT: z
    .string()
    .max(256)
    .optional()
    .describe('where people ask about payments, such as @shop_support'),
  GRAMKIT_INIT_DATA_MAX_AGE_SECONDS: wholeNumber(60, 2_592_000)
    .default(86_400)
    .describe('a whole number of seconds from 60 to 2592000'),
  GRAMKIT_OWNER_TELEGRAM_IDS: list(
    z
      .string()
      .regex(/^[1-9]\d{0,15}$/)
      .transform(BigInt),
  )
    .default([])
    .describe('a comma-separated list of Telegram ids such as 123456789'),
  GRAMKIT_YOOKASSA_SHOP_ID: z
    .string()
    .regex(/^\d{1,16}$/)
    .optional()
    .describe('the number of a YooKassa shop, together with its secret key'),
  GRAMKIT_YOOKASSA_SECRET_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,256}$/)
    .optional()
    .describe('the secret key of the YooKassa shop, together with its number'),
  GRAMKIT_YOOKASSA_API_ROOT: httpAddress
    .default('https://api.yookassa.ru/v3')
    .describe("the http(s) address of YooKassa's API"),
  GRAMKIT_YOOKASSA_RECEIPTS: z
    .enum(['none', 'email', 'email_or_phone'])
    .optional()
    .describe('none, email or email_or_phone: how buyers of the shop get receipts (54-FZ)'),
  GRAMKIT_YOOKASSA_TAX_SYSTEM_CODE: wholeNumber(1, 6)
    .optional()
    .describe('the code of the tax system, from 1 to 6, for a cash register that wants it'),
  GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: list(z.string().refine(isProxyBlock))
    .optional()
    .describe('a comma-separated list of addresses and CIDR blocks such as 185.71.76.0/27'),
  GRAMKIT_STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[rs]k_(test|live)_[\x21-\x7e]{8,256}$/)
    .optional()
    .describe('a secret or restricted key of a Stripe account, such as sk_live_…'),
  GRAMKIT_STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[\x21-\x7e]{8,256}$/)
    .optional()
    .describe('the signing secret of the endpoint at Stripe, which begins with whsec_'),
  GRAMKIT_STRIPE_API_ROOT: httpAddress
    .default('https://api.stripe.com')
    .describe("the http(s) origin of Stripe's API"),
  GRAMKIT_SMTP_URL: address(['smtp:', 'smtps:'])
    .optional()
    .describe('the address of a mail server, such as smtp://user:password@host:587'),
  GRAMKIT_MAIL_FROM: z
    .string()
    .max(256)
    .regex(/^([^<>@\r\n]+<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/)
    .optional()
    .describe('whom mails are from, such as Shop <shop@example.org>'),
  GRAMKIT_WEBHOOK_URL: httpAddress
    .optional()
    .describe('an http(s) address that notifications are posted to'),
  GRAMKIT_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/)
    .optional()
    .describe('whsec_ and base64 of 24 to 64 random bytes, together with the address'),
  GRAMKIT_MESSAGES_PER_SECOND: wholeNumber(0, 1_000_000)
    .default(30)
    .describe('a whole number, 0 for no pace'),
  GRAMKIT_PAID_BROADCAST_STARS: wholeNumber(0, 1_000_000)
    .default(0)
    .describe('a whole number of Stars, 0 for none'),
  GRAMKIT_CODE_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{32,256}$/)
    .optional()
    .describe('32 to 256 random characters without spaces, from which mailed codes follow'),
  GRAMKIT_RETURN_URLS: list(httpAddress)
    .default([])
    .describe('a comma-separated list of http(s) addresses'),
  GRAMKIT_SPENT_CREDITS: z.enum(['refuse', 'owe']).default('refuse').describe('refuse or owe'),
  GRAMKIT_CORS_ORIGINS: list(origin)
    .default([])
    .describe('a comma-separated list of origins such as https://example.org'),
  GRAMKIT_TRUSTED_PROXIES: list(z.string().refine(isProxyBlock))
    .default([])
    .describe('a comma-separated list of addresses and CIDR blocks such as 10.0.0.0/8'),
  GRAMKIT_RATE_LIMIT_PER_MINUTE: wholeNumber(0, 100_000_000)
    .default(60_000)
    .describe('a whole number, 0 for none'),
  GRAMKIT_LOGINS_PER_MINUTE: wholeNumber(1, 100_000_000)
    .default(600)
    .describe('a whole number from 1 to 100000000'),
  GRAMKIT_DRAIN_DELAY_MS: wholeNumber(0, 60_000)
    .default(0)
    .describe('a whole number of milliseconds to 60000'),
  GRAMKIT_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('trace, debug, info, warn, error, fatal or silent'),
  GRAMKIT_LOG_DEBUG: z
    .string()
    .regex(/^[a-z][a-z.]*(,[a-z][a-z.]*)*$/)
    .transform((text) => text.split(','))
    .default([])
    .describe('a comma-separated list of namespaces such as billing,billing.webhooks'),
  GRAMKIT_DEV_CLOCK_URL: httpAddress
    .optional()
    .describe('the http(s) address of the sandbox clock, never set in production'),
})

/** Variables that never appear in a message or a log line. */
export const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'GRAMKIT_OWNER_DATABASE_URL',
  'GRAMKIT_DIRECT_DATABASE_URL',
  'REDIS_URL',
  'GRAMKIT_ADMIN_TOKEN',
  'GRAMKIT_TELEGRAM_BOT_TOKEN',
  'GRAMKIT_TELEGRAM_WEBHOOK_SECRET',
  'GRAMKIT_YOOKASSA_SECRET_KEY',
  'GRAMKIT_STRIPE_SECRET_KEY',
  'GRAMKIT_STRIPE_WEBHOOK_SECRET',
  'GRAMKIT_SMTP_URL',
  'GRAMKIT_WEBHOOK_SECRET',
  'GRAMKIT_CODE_SECRET',
])
