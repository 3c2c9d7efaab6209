import type { z } from 'zod'
import { ConfigInvalid, type VariableFault } from './config.errors.ts'
import { type Role, SECRET_VARIABLES, variables } from './variables.ts'

/** Everything the outside decides about a process. */
export interface Config {
  readonly isProduction: boolean
  readonly roles: readonly Role[]
  readonly database: {
    readonly url: string
    readonly ownerUrl: string | undefined
    /** Past a pooler: for LISTEN and for the queue. */
    readonly directUrl: string
    readonly poolSize: number
  }
  readonly redisUrl: string | undefined
  readonly http: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string
    readonly adminToken: string
    readonly trustedProxies: readonly string[]
    readonly corsOrigins: readonly string[]
    readonly rateLimitPerMinute: number
    readonly loginsPerMinute: number
    readonly drainDelayMs: number
  }
  readonly telegram: {
    readonly botToken: string
    readonly webhookSecret: string
    readonly apiRoot: string
    readonly initDataMaxAgeSeconds: number
    /** Where people ask about payments. */
    readonly supportContact: string
  }
  /** Telegram ids of who owns the app. */
  readonly ownerTelegramIds: readonly bigint[]
  /** Undefined when payments by YooKassa are off. */
  readonly yookassa:
    | {
        readonly shopId: string
        readonly secretKey: string
        readonly apiRoot: string
        /** Where notifications come from; undefined for YooKassa's own published addresses. */
        readonly webhookSources: readonly string[] | undefined
        /** Undefined where the shop issues no receipts (54-FZ). */
        readonly receipts:
          | {
              readonly contact: 'email' | 'email_or_phone'
              readonly taxSystemCode: number | undefined
            }
          | undefined
      }
    | undefined
  /** Undefined when payments by Stripe are off. */
  readonly stripe:
    | {
        readonly secretKey: string
        /** Signs the events that come in. */
        readonly webhookSecret: string
        readonly apiRoot: string
      }
    | undefined
  /** Undefined when no mails are sent. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | undefined
  /** Where notifications are posted; undefined for nowhere. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined
  /** What Telegram lets the bot write in a second; 0 for as fast as it can. */
  readonly messagesPerSecond: number
  /** Stars that one broadcast may cost. */
  readonly paidBroadcastStars: number
  /** From which codes of mails follow; never changed while codes are on their way. */
  readonly codeSecret: string | undefined
  /** Addresses, besides the public one, to which a customer may be sent back. */
  readonly returnUrls: readonly string[]
  /** Whose `services.billing.default` is; undefined for nobody's. */
  readonly defaultTenantId: string | undefined
  /** What becomes of a refund whose credits are spent. */
  readonly spentCredits: z.output<typeof variables>['GRAMKIT_SPENT_CREDITS']
  readonly logLevel: z.output<typeof variables>['GRAMKIT_LOG_LEVEL']
  /** Namespaces of which details are logged whatever the level is. */
  readonly logDebug: readonly string[]
  readonly devClockUrl: string | undefined
  /** All secret values, to be scrubbed from logs. */
  readonly secrets: readonly string[]
}

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration from the environment, once.
 *
 * @throws {@link ConfigInvalid} naming every variable that is missing or malformed
 */
export function loadConfig(environment: Environment = process.env): Config {
  const read = readVariables(variables, environment)
  const faults = crossFaults(read)
  if (faults.length > 0) throw new ConfigInvalid(faults)
  return toConfig(read, environment)
}

/**
 * Reads variables of an app's own. Their description ends the sentence "it should be …".
 *
 * @throws {@link ConfigInvalid} naming every variable that is missing or malformed
 * @example
 * const variables = z.object({ SHOP_COLOUR: z.enum(['red', 'blue']).describe('red or blue') })
 * const { SHOP_COLOUR: colour } = readVariables(variables)
 */
export function readVariables<Shape extends Readonly<Record<string, z.ZodType>>>(
  schema: z.ZodObject<Shape>,
  environment: Environment = process.env,
): z.output<z.ZodObject<Shape>> {
  const names = Object.keys(schema.shape)
  const given = Object.fromEntries(names.map((name) => [name, environment[name] || undefined]))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  const shape: Readonly<Record<string, { readonly description?: string | undefined }>> =
    schema.shape
  throw new ConfigInvalid(
    names
      .filter((name) => wrong.has(name))
      .map((name) => ({
        name,
        was: describeValue(name, given[name]),
        should: shape[name]?.description ?? 'set',
      })),
  )
}

type Variables = z.output<typeof variables>
type Name = keyof Variables

/** Rules between variables. */
function crossFaults(read: Variables): VariableFault[] {
  const faults: VariableFault[] = []
  if (read.GRAMKIT_YOOKASSA_SHOP_ID && !read.GRAMKIT_YOOKASSA_SECRET_KEY) {
    faults.push(fault('GRAMKIT_YOOKASSA_SECRET_KEY', 'is missing'))
  }
  if (read.GRAMKIT_YOOKASSA_SECRET_KEY && !read.GRAMKIT_YOOKASSA_SHOP_ID) {
    faults.push(fault('GRAMKIT_YOOKASSA_SHOP_ID', 'is missing'))
  }
  // Whether the law asks for receipts is nothing to be guessed.
  if (read.GRAMKIT_YOOKASSA_SHOP_ID && !read.GRAMKIT_YOOKASSA_RECEIPTS) {
    faults.push(fault('GRAMKIT_YOOKASSA_RECEIPTS', 'is missing'))
  }
  // Without the webhook's secret everybody could claim to have paid.
  if (read.GRAMKIT_STRIPE_SECRET_KEY && !read.GRAMKIT_STRIPE_WEBHOOK_SECRET) {
    faults.push(fault('GRAMKIT_STRIPE_WEBHOOK_SECRET', 'is missing'))
  }
  if (read.GRAMKIT_STRIPE_WEBHOOK_SECRET && !read.GRAMKIT_STRIPE_SECRET_KEY) {
    faults.push(fault('GRAMKIT_STRIPE_SECRET_KEY', 'is missing'))
  }
  for (const name of ['GRAMKIT_MAIL_FROM', 'GRAMKIT_CODE_SECRET'] as const) {
    if (read.GRAMKIT_SMTP_URL && !read[name]) faults.push(fault(name, 'is missing'))
  }
  if (read.GRAMKIT_WEBHOOK_URL && !read.GRAMKIT_WEBHOOK_SECRET) {
    faults.push(fault('GRAMKIT_WEBHOOK_SECRET', 'is missing'))
  }
  if (read.NODE_ENV !== 'production') return faults
  for (const name of ['GRAMKIT_PUBLIC_URL', 'GRAMKIT_SUPPORT_CONTACT'] as const) {
    if (!read[name]) faults.push(fault(name, 'is missing'))
  }
  if (read.GRAMKIT_DEV_CLOCK_URL) {
    faults.push(fault('GRAMKIT_DEV_CLOCK_URL', 'is set although NODE_ENV is production'))
  }
  return faults
}

function fault(name: Name, was: string): VariableFault {
  return { name, was, should: variables.shape[name].description ?? 'set' }
}

function describeValue(name: string, value: string | undefined): string {
  if (value === undefined) return 'is missing'
  if (SECRET_VARIABLES.has(name)) return `was a text of ${value.length} characters (hidden)`
  return `was ${JSON.stringify(value.slice(0, 200))}`
}

function toConfig(read: Variables, given: Environment): Config {
  const shopId = read.GRAMKIT_YOOKASSA_SHOP_ID
  const secretKey = read.GRAMKIT_YOOKASSA_SECRET_KEY
  const receipts = read.GRAMKIT_YOOKASSA_RECEIPTS
  const contact = receipts === 'none' ? undefined : receipts
  const stripeKey = read.GRAMKIT_STRIPE_SECRET_KEY
  const stripeSecret = read.GRAMKIT_STRIPE_WEBHOOK_SECRET
  const smtpUrl = read.GRAMKIT_SMTP_URL
  const from = read.GRAMKIT_MAIL_FROM
  const url = read.GRAMKIT_WEBHOOK_URL
  const secret = read.GRAMKIT_WEBHOOK_SECRET
  return {
    isProduction: read.NODE_ENV === 'production',
    roles: read.GRAMKIT_ROLES,
    database: {
      url: read.DATABASE_URL,
      ownerUrl: read.GRAMKIT_OWNER_DATABASE_URL,
      directUrl: read.GRAMKIT_DIRECT_DATABASE_URL ?? read.DATABASE_URL,
      poolSize: read.GRAMKIT_DATABASE_POOL_SIZE,
    },
    redisUrl: read.REDIS_URL,
    http: {
      host: read.GRAMKIT_HOST,
      port: read.PORT,
      publicUrl: read.GRAMKIT_PUBLIC_URL ?? `http://localhost:${read.PORT}`,
      adminToken: read.GRAMKIT_ADMIN_TOKEN,
      trustedProxies: read.GRAMKIT_TRUSTED_PROXIES,
      corsOrigins: read.GRAMKIT_CORS_ORIGINS,
      rateLimitPerMinute: read.GRAMKIT_RATE_LIMIT_PER_MINUTE,
      loginsPerMinute: read.GRAMKIT_LOGINS_PER_MINUTE,
      drainDelayMs: read.GRAMKIT_DRAIN_DELAY_MS,
    },
    telegram: {
      botToken: read.GRAMKIT_TELEGRAM_BOT_TOKEN,
      webhookSecret: read.GRAMKIT_TELEGRAM_WEBHOOK_SECRET,
      apiRoot: read.GRAMKIT_TELEGRAM_API_ROOT,
      initDataMaxAgeSeconds: read.GRAMKIT_INIT_DATA_MAX_AGE_SECONDS,
      supportContact: read.GRAMKIT_SUPPORT_CONTACT ?? 'support@shop.example',
    },
    ownerTelegramIds: read.GRAMKIT_OWNER_TELEGRAM_IDS,
    yookassa:
      shopId && secretKey
        ? {
            shopId,
            secretKey,
            apiRoot: read.GRAMKIT_YOOKASSA_API_ROOT,
            webhookSources: read.GRAMKIT_YOOKASSA_WEBHOOK_SOURCES,
            receipts: contact && {
              contact,
              taxSystemCode: read.GRAMKIT_YOOKASSA_TAX_SYSTEM_CODE,
            },
          }
        : undefined,
    stripe:
      stripeKey && stripeSecret
        ? {
            secretKey: stripeKey,
            webhookSecret: stripeSecret,
            apiRoot: read.GRAMKIT_STRIPE_API_ROOT,
          }
        : undefined,
    mail: smtpUrl && from ? { smtpUrl, from } : undefined,
    webhook: url && secret ? { url, secret } : undefined,
    messagesPerSecond: read.GRAMKIT_MESSAGES_PER_SECOND,
    paidBroadcastStars: read.GRAMKIT_PAID_BROADCAST_STARS,
    codeSecret: read.GRAMKIT_CODE_SECRET,
    returnUrls: read.GRAMKIT_RETURN_URLS,
    defaultTenantId: read.DEFAULT_TENANT_ID,
    spentCredits: read.GRAMKIT_SPENT_CREDITS,
    logLevel: read.GRAMKIT_LOG_LEVEL,
    logDebug: read.GRAMKIT_LOG_DEBUG,
    devClockUrl: read.GRAMKIT_DEV_CLOCK_URL,
    secrets: [...SECRET_VARIABLES].flatMap((name) => given[name] ?? []),
  }
}
