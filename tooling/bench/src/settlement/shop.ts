import { type CoreServices, createPlatform, type Platform } from '@gramkit/core'
import type { Product } from '@gramkit/core/payments'
import { type PostgresCluster, startPostgres } from '@gramkit/services'
import { migrateShop } from '@gramkit/shop'
import pg from 'pg'

/** Customers who pay in turn; each has bought before, so their accounts are open. */
const CUSTOMERS = 1_000
const DATABASE = 'bench'

/** A kind of row whose ids follow from its number. */
export type Kind = 'customer' | 'account' | 'payment' | 'system'

const PREFIX: Readonly<Record<Kind, string>> = {
  customer: '00000000-0000-7000-8000-',
  account: '00000000-0000-7000-8001-',
  payment: '00000000-0000-7000-8002-',
  system: '00000000-0000-7000-8003-',
}

/** The id of a row by its number. */
export function idOf(kind: Kind, number: number): string {
  return PREFIX[kind] + number.toString(16).padStart(12, '0')
}

/** Tells whether a row was there before the first payment was settled. */
export function isSeeded(id: string): boolean {
  return id.startsWith('00000000-0000-7000-')
}

/** The same id as text in SQL, of an expression that gives the number. */
export function idSql(kind: Kind, number: string): string {
  return `('${PREFIX[kind]}' || lpad(to_hex((${number})::bigint), 12, '0'))`
}

/** The customer of a payment. */
export function customerOf(payment: number): number {
  return payment % CUSTOMERS
}

/** {@link customerOf} in SQL. */
export function customerSql(payment: string): string {
  return `(${payment})::bigint % ${CUSTOMERS}`
}

/** What Telegram would call the charge of a payment. */
export function chargeOf(payment: number): string {
  return `charge-${payment}`
}

/** A shop's database with customers, and its platform. */
export interface BenchShop extends AsyncDisposable {
  readonly cluster: PostgresCluster
  readonly adminUrl: string
  readonly appUrl: string
  readonly platform: Platform<CoreServices>
  /** Statements as the superuser. */
  readonly admin: pg.Pool
}

/** Opens a shop that sells 100 credits for 50 Stars. */
export async function openBenchShop(poolSize: number): Promise<BenchShop> {
  const cluster = await startPostgres({ version: 18 })
  await cluster.createDatabase(DATABASE)
  await migrateShop(cluster.ownerUrl(DATABASE))
  const adminUrl = cluster.url(DATABASE)
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2 })
  // `end` does not wait until the server has heard of it, and the server is stopped next.
  admin.on('error', () => {})
  await admin.query(`
    insert into gramkit.user_account (id, kind, telegram_id, created_at, updated_at)
      select ${idSql('customer', 'n')}::uuid, 'registered', n + 1, now(), now()
      from generate_series(0, ${CUSTOMERS - 1}) n;
    insert into gramkit.balance_account (id, user_id, unit, created_at)
      select ${idSql('account', 'n')}::uuid, ${idSql('customer', 'n')}::uuid, 'credits', now()
      from generate_series(0, ${CUSTOMERS - 1}) n;
    insert into gramkit.balance_account (id, system_name, unit, created_at) values
      ('${idOf('system', 0)}', 'issuance', 'credits', now()),
      ('${idOf('system', 1)}', 'provider:telegram-stars', 'XTR', now()),
      ('${idOf('system', 2)}', 'revenue', 'XTR', now());
    analyze`)
  const platform = await createPlatform({
    databaseUrl: cluster.appUrl(DATABASE),
    poolSize,
    telegram: { botToken: '700000002:AAtest-token-of-the-benchmark-only' },
    products: [PRODUCT],
    notifications: { paidBroadcastStarsMax: 10_000 },
  })
  return {
    cluster,
    adminUrl,
    appUrl: cluster.appUrl(DATABASE),
    platform,
    admin,
    async [Symbol.asyncDispose]() {
      await platform.close()
      await admin.end()
      await cluster.stop()
    },
  }
}

const PRODUCT = {
  id: 'credits-100',
  kind: 'credits',
  goods: 'digital',
  title: '100 credits',
  description: 'A small pack of credits.',
  prices: { XTR: 50n },
  credits: { unit: 'credits', amount: 100n },
} as const

/** Writes payments that wait for their money, as `payments.start` leaves them. */
export async function seedPayments(
  { admin, platform }: Pick<BenchShop, 'admin' | 'platform'>,
  table: string,
  range: { readonly from: number; readonly count: number },
): Promise<void> {
  const { id } = PRODUCT
  const snapshot = snapshotProduct(platform.core.products.find(id))
  const { from, count } = range
  await admin.query(
    `insert into ${table} (id, user_id, gateway, surface, product_id, product, amount, currency,
       status, confirmation_url, next_check_at, created_at, updated_at)
     select ${idSql('payment', 'n')}::uuid, ${idSql('customer', customerSql('n'))}::uuid,
       'telegram-stars', 'telegram', '${id}', $1, 50, 'XTR', 'pending',
       'https://t.me/$invoice', now() + interval '15 seconds', now(), now()
     from generate_series($2::int, $3::int) n`,
    [JSON.stringify(snapshot), from, from + count - 1],
  )
}

function snapshotProduct(product: Product | undefined): object {
  if (!product) throw new Error('The product is in the catalogue')
  const { prices, status, credits, ...sold } = product
  return { ...sold, credits: credits && { unit: credits.unit, amount: String(credits.amount) } }
}
