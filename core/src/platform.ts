import { createResourceCatalog, type ResourceInput } from './features/balance/index.ts'
import { type BillingOptions, invoicePaymentsFulfilment } from './features/billing/index.ts'
import { createTemplateCatalog, type NotificationOptions } from './features/notifications/index.ts'
import {
  checkTaxProfiles,
  createGatewayRegistry,
  createProductCatalog,
  creditsFulfilment,
  type Fulfilment,
  type PaymentGateway,
  type ProductCatalog,
  type ProductInput,
  type SpentCredits,
} from './features/payments/index.ts'
import type { RewardSettings } from './features/referrals/index.ts'
import { subscriptionFulfilment } from './features/subscriptions/index.ts'
import type { InitDataSigner, PasswordHasher } from './features/users/index.ts'
import type { WaitlistOptions } from './features/waitlist/index.ts'
import { assert, type Clock, InvalidValue, systemClock } from './kernel/index.ts'
import { CORE_PEOPLE } from './people.ts'
import {
  type Database,
  type Executor,
  openNodePostgres,
  type ServicesHost,
} from './platform/database/index.ts'
import { openPostgresLimiter } from './platform/limits/index.ts'
import type { Mailer, SmtpOptions } from './platform/mail/index.ts'
import { adaptPersonPart, type PersonPart } from './platform/people/index.ts'
import { CoreRepositories } from './repositories.ts'
import { type Context, CoreServices } from './services.ts'

/** What a platform is made of, whatever the app's services look like. */
export interface CommonOptions<Services> {
  /** PostgreSQL, as the application's own role. */
  readonly databaseUrl: string
  /** PostgreSQL past a pooler, for LISTEN. [`databaseUrl`] */
  readonly directDatabaseUrl?: string
  /** Most connections of this process. [10] */
  readonly poolSize?: number
  /** Longest a statement may run; 0 for tools that read tables whole. [30 000] */
  readonly statementTimeoutMs?: number
  readonly clock?: Clock
  /** The bot that opens the Mini App; makes the gateway `telegram-stars`. */
  readonly telegram?: {
    readonly botToken: string
    /** [https://api.telegram.org] */
    readonly apiRoot?: string
    /** [86 400] */
    readonly initDataMaxAgeSeconds?: number
  }
  /** Proves who opened the Mini App by Telegram's signature; for a platform without `telegram`. */
  readonly initDataSigner?: InitDataSigner
  /** Telegram ids of who owns the app: everybody else stops being an owner. [nobody] */
  readonly ownerTelegramIds?: readonly bigint[]
  /** The shop at YooKassa; makes the gateway `yookassa`. */
  readonly yookassa?: {
    readonly shopId: string
    readonly secretKey: string
    /** [https://api.yookassa.ru/v3] */
    readonly apiRoot?: string
    /** Issues a receipt for each sale and refund (54-FZ). [none is issued] */
    readonly receipts?:
      | {
          /** `email` with YooKassa's own receipts, `email_or_phone` with a cash register. */
          readonly contact: 'email' | 'email_or_phone'
          /** Tag 1055, for cash registers that want it. [not sent] */
          readonly taxSystemCode?: number | undefined
        }
      | undefined
  }
  /** The account at Stripe; makes the gateway `stripe`. */
  readonly stripe?: {
    readonly secretKey: string
    /** [https://api.stripe.com] */
    readonly apiRoot?: string
  }
  /** The mail server; without it no mails are sent. */
  readonly mail?: SmtpOptions
  /** Secret of at least 32 characters; with `mail`, people log in by e-mail too. */
  readonly codeSecret?: string | undefined
  /** Gateways of the app's own. */
  readonly gateways?: readonly PaymentGateway[]
  readonly products?: readonly ProductInput[]
  /** Units that refill by themselves. */
  readonly resources?: readonly ResourceInput[]
  /** What people are told, and what of it they may turn off. */
  readonly notifications?: NotificationOptions
  /** Who gives products of the app's own kinds. */
  readonly fulfilments?: Readonly<Record<string, Fulfilment<NoInfer<Services>>>>
  /** What the app's own tables know of people; each table that names one belongs to a part. */
  readonly people?: readonly PersonPart<NoInfer<Services>>[]
  /** What becomes of a refund whose credits are spent: refused, or owed by the buyer. [refuse] */
  readonly spentCredits?: SpentCredits
  /** What referrals are rewarded with, beside codes. */
  readonly rewards?: RewardSettings
  /** Prefixes of addresses that a buyer may be sent back to; the first one is the default. */
  readonly returnUrls?: readonly string[]
  /** The waitlist's pages (the first of `returnUrls`) and what its codes begin with (`VOBEE`). */
  readonly waitlist?: Partial<WaitlistOptions>
  /** What an app of one tenant calls its own. */
  readonly billing?: BillingOptions
  /** Hears of connections that broke while idle. */
  readonly onDatabaseError?: (error: Error) => void
}

/** Extends core by inheritance: give the subclass, and of the repositories if there is one. */
export interface InheritanceOptions<
  Repositories extends CoreRepositories,
  Services extends CoreServices<Repositories>,
> extends CommonOptions<Services> {
  readonly Services: new (context: Context, repos: Repositories) => Services
  readonly Repositories: new (db: Executor) => Repositories
}

/** Extends core by composition: give what wraps a core aggregator. */
export interface CompositionOptions<Services> extends CommonOptions<Services> {
  readonly compose: (core: CoreServices) => Services
}

/** A running kit: the services, their transactions, and what they stand on. */
export interface Platform<Services> extends ServicesHost<Services>, AsyncDisposable {
  readonly database: Database
  /** Core's own aggregator; with inheritance the same object as `services`. */
  readonly core: CoreServices
  /** Wraps a core aggregator, such as a transaction's, into the app's services. */
  readonly servicesOf: (core: CoreServices) => Services
  close(): Promise<void>
}

/**
 * Makes a platform. Connects on first use, so a wrong address shows at the first query.
 *
 * The SDKs of grammY, YooKassa, Stripe and SMTP are loaded only when `telegram`, `yookassa`, `stripe` and
 * `mail` are given, and argon2 only when `codeSecret` is given with `mail`.
 *
 * @throws {@link InvalidValue} when a resource or a product breaks a rule, nobody fulfils its kind, a gateway would
 * have to sell it without the receipt that the law asks for, or rewards name what is no plan of a month
 * @example
 * const platform = await createPlatform({
 *   databaseUrl, telegram: { botToken }, products,
 *   compose: (core) => new ShopServices(core),
 * })
 * await platform.transaction(async (tx) => { … })
 * await platform.close()
 */
export async function createPlatform<Services>(
  options: CompositionOptions<Services>,
): Promise<Platform<Services>>
export async function createPlatform<
  Repositories extends CoreRepositories,
  Services extends CoreServices<Repositories>,
>(options: InheritanceOptions<Repositories, Services>): Promise<Platform<Services>>
export async function createPlatform(
  options: CommonOptions<CoreServices>,
): Promise<Platform<CoreServices>>
export async function createPlatform(
  options: CommonOptions<unknown> & {
    readonly compose?: (core: CoreServices) => unknown
    readonly Services?: typeof CoreServices
    readonly Repositories?: typeof CoreRepositories
  },
): Promise<Platform<unknown>> {
  const clock = options.clock ?? systemClock
  const servicesOf = options.compose ?? ((core: CoreServices): unknown => core)
  const fulfilments = {
    credits: creditsFulfilment(options.spentCredits ?? 'refuse'),
    subscription: subscriptionFulfilment,
    billing_invoice: invoicePaymentsFulfilment,
    ...bindAll(options.fulfilments ?? {}, servicesOf),
  }
  const products = createProductCatalog(options.products ?? [])
  for (const { id, kind } of products.list()) {
    if (!(kind in fulfilments)) {
      throw new InvalidValue({
        field: `products.${id}.kind`,
        problem: `is ${kind}, which nobody fulfils`,
        remedy: 'register a fulfilment for it',
      })
    }
  }
  checkPremium(products, options.rewards)
  const gateways = createGatewayRegistry(await loadGateways(options), clock)
  checkTaxProfiles(products, gateways)
  const database = openNodePostgres({
    url: options.databaseUrl,
    ...(options.directDatabaseUrl ? { directUrl: options.directDatabaseUrl } : {}),
    ...(options.poolSize ? { poolSize: options.poolSize } : {}),
    ...(options.statementTimeoutMs === undefined
      ? {}
      : { statementTimeoutMs: options.statementTimeoutMs }),
    ...(options.onDatabaseError ? { onError: options.onDatabaseError } : {}),
  })
  const context: Context = {
    clock,
    database,
    products,
    resources: createResourceCatalog(options.resources ?? []),
    gateways,
    fulfilments,
    identity: {
      botToken: options.telegram?.botToken,
      initDataSigner: options.initDataSigner,
      initDataMaxAgeSeconds: options.telegram?.initDataMaxAgeSeconds,
      codeSecret: options.codeSecret,
      ownerTelegramIds: options.ownerTelegramIds,
    },
    limiter: openPostgresLimiter(database),
    templates: createTemplateCatalog(options.notifications ?? {}),
    rewardSettings: options.rewards ?? {},
    returnUrls: options.returnUrls ?? [],
    waitlist: {
      pageUrl: options.waitlist?.pageUrl ?? options.returnUrls?.[0] ?? '',
      codePrefix: options.waitlist?.codePrefix ?? 'VOBEE',
    },
    billing: options.billing ?? {},
    mailer: await loadMailer(options.mail),
    people: [
      ...(options.people ?? []).map((part) => adaptPersonPart(part, servicesOf)),
      ...CORE_PEOPLE,
    ],
    passwordHasher: await loadPasswordHasher(options),
  }
  const Repositories = options.Repositories ?? CoreRepositories
  const Services = options.Services ?? CoreServices
  const core = new Services(context, new Repositories(database.executor))
  assert(!(options.compose && options.Services), 'Either compose or Services, not both')
  const close = (): Promise<void> => database.close()
  return {
    core,
    services: servicesOf(core),
    servicesOf,
    transaction: (work) => core.transaction((tx) => work(servicesOf(tx))),
    clock,
    database,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Months are what rewards give, so a period of the plan is one. */
function checkPremium(
  products: ProductCatalog,
  { premiumProductId: id }: RewardSettings = {},
): void {
  if (id === undefined) return
  const period = products.find(id)?.plan?.period
  // Telegram's month has 30 days.
  if (period && ('months' in period ? period.months === 1 : period.days === 30)) return
  throw new InvalidValue({
    field: 'rewards.premiumProductId',
    problem: `is ${id}, which is no plan of one month`,
  })
}

/** Makes the app's fulfilments callable with core's services. */
function bindAll<Services>(
  fulfilments: Readonly<Record<string, Fulfilment<Services>>>,
  servicesOf: (core: CoreServices) => Services,
): Record<string, Fulfilment<CoreServices>> {
  return Object.fromEntries(
    Object.entries(fulfilments).map(([kind, fulfilment]) => [
      kind,
      adaptFulfilment(fulfilment, servicesOf),
    ]),
  )
}

function adaptFulfilment<Services>(
  fulfilment: Fulfilment<Services>,
  servicesOf: (core: CoreServices) => Services,
): Fulfilment<CoreServices> {
  const quote = fulfilment.quote?.bind(fulfilment)
  return {
    fulfil: (tx, payment) => fulfilment.fulfil(servicesOf(tx), payment),
    reverse: (tx, payment, reversal) => fulfilment.reverse(servicesOf(tx), payment, reversal),
    reserve: async (tx, payment, refund) => fulfilment.reserve?.(servicesOf(tx), payment, refund),
    release: async (tx, payment, refund) => fulfilment.release?.(servicesOf(tx), payment, refund),
    checkSellable: async (tx, payment) => fulfilment.checkSellable?.(servicesOf(tx), payment),
    wantsCharge: async (tx, payment) =>
      (await fulfilment.wantsCharge?.(servicesOf(tx), payment)) ?? true,
    closed: async (tx, payment) => fulfilment.closed?.(servicesOf(tx), payment),
    ...(quote ? { quote: (tx, request) => quote(servicesOf(tx), request) } : {}),
    opened: async (tx, payment) => fulfilment.opened?.(servicesOf(tx), payment),
  }
}

async function loadMailer(mail: SmtpOptions | undefined): Promise<Mailer | undefined> {
  if (!mail) return undefined
  const { openSmtpMailer } = await import('./platform/mail/index.ts')
  return openSmtpMailer(mail)
}

async function loadPasswordHasher({
  mail,
  codeSecret,
}: Pick<CommonOptions<unknown>, 'mail' | 'codeSecret'>): Promise<PasswordHasher | undefined> {
  if (!mail || !codeSecret) return undefined
  const { argon2Hasher } = await import('./features/users/passwords/argon2-hasher.ts')
  return argon2Hasher()
}

async function loadGateways(
  options: Pick<CommonOptions<unknown>, 'telegram' | 'yookassa' | 'stripe' | 'gateways'>,
): Promise<PaymentGateway[]> {
  const gateways = [...(options.gateways ?? [])]
  if (options.telegram) {
    const { openTelegramStars } = await import('./features/payments/gateways/telegram-stars.ts')
    gateways.push(openTelegramStars(options.telegram))
  }
  if (options.yookassa) {
    const { yookassaGateway } = await import('./features/payments/gateways/yookassa.ts')
    gateways.push(yookassaGateway(options.yookassa))
  }
  if (options.stripe) {
    const { stripeGateway } = await import('./features/payments/gateways/stripe.ts')
    gateways.push(stripeGateway(options.stripe))
  }
  return gateways
}
