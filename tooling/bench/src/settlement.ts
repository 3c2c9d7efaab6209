/**
 * P2: settling a payment of credits, 16 at a time, beside pgbench doing the same in this schema and
 * beside drizzle's usual way in tables of its own.
 *
 * @module
 */

import { record } from '@gramkit/services/recording'
import pg from 'pg'
import { costOf, walBytesOf } from './cost.ts'
import { alternate, type Cost, medianOf, type Report, withCosts } from './measure.ts'
import { runPgbench } from './pgbench.ts'
import { createNaiveTables, openNaive } from './settlement/naive.ts'
import { ONE_STATEMENT_SCRIPT, replayScript } from './settlement/pgbench-scripts.ts'
import {
  type BenchShop,
  chargeOf,
  customerOf,
  idOf,
  openBenchShop,
  seedPayments,
} from './settlement/shop.ts'

const CONCURRENCY = 16
/** Payments in one round of one side. */
const PAYMENTS = 800

interface Range {
  readonly from: number
  readonly count: number
}

/** Runs the comparison. */
export async function measureSettlement(): Promise<Report> {
  await using shop = await openBenchShop(CONCURRENCY)
  await createNaiveTables(shop.admin)
  const pool = new pg.Pool({ connectionString: shop.appUrl, max: CONCURRENCY })
  pool.on('error', () => {})
  try {
    return await compare(shop, openNaive(pool))
  } finally {
    await pool.end()
  }
}

async function compare(
  shop: BenchShop,
  settleNaively: ReturnType<typeof openNaive>,
): Promise<Report> {
  let next = 0
  const take = async (schema: string, count: number): Promise<Range> => {
    const range = { from: next, count }
    next += count
    await seedPayments(shop, `${schema}.payment`, range)
    return range
  }
  const costs = new Map<string, Cost>()
  const side = (
    name: string,
    schema: 'gramkit' | 'naive',
    settle: (range: Range) => Promise<number>,
  ) => ({
    name,
    async measure() {
      const range = await take(schema, PAYMENTS)
      const perSecond = await settle(range)
      await checkSettled(shop.admin, schema, range)
      return perSecond
    },
  })
  const withNode = (
    name: string,
    schema: 'gramkit' | 'naive',
    settle: (n: number) => Promise<unknown>,
  ) =>
    side(name, schema, async (range) => {
      const begin = performance.now()
      await each(range, CONCURRENCY, settle)
      const spent = performance.now() - begin
      if (!costs.has(name)) {
        const extra = await take(schema, 160)
        costs.set(name, await costOf(shop.adminUrl, 160, () => each(extra, 1, settle)))
      }
      return (range.count * 1_000) / spent
    })
  const withPgbench = (name: string, script: string) =>
    side(name, 'gramkit', async ({ from, count }) => {
      let perSecond = Number.NaN
      const each = count / CONCURRENCY
      const walBytes = await walBytesOf(shop.adminUrl, async () => {
        perSecond = await runPgbench({
          url: shop.appUrl,
          script,
          clients: CONCURRENCY,
          transactionsPerClient: each,
          variables: { first: from, each, k: 0 },
        })
      })
      const statements = script.split('\n').filter((line) => line.endsWith(';')).length
      costs.set(name, { roundTrips: statements, statements, walBytes: walBytes / count })
      return perSecond
    })

  const apply = (payment: number) => shop.platform.core.payments.apply(paidSnapshot(payment))
  // The second one, as the first one's backend still looks up what the catalogue says.
  await each(await take('gramkit', 2), 1, apply)
  const sample = await take('gramkit', 1)
  const recorded = await record(() => apply(sample.from))
  // Announced after the commit, once for many payments: the peers leave it out.
  const statements = recorded.statements.filter(({ text }) => !text.includes('pg_notify'))
  const figures = await alternate('a second', [
    withNode('payments.apply', 'gramkit', apply),
    withPgbench('pgbench, the same statements', replayScript(statements, sample.from)),
    withPgbench('pgbench, one statement', ONE_STATEMENT_SCRIPT),
    withNode('drizzle, select for update and update', 'naive', (payment) =>
      settleNaively({
        paymentId: idOf('payment', payment),
        chargeId: chargeOf(payment),
        payerTelegramId: BigInt(customerOf(payment) + 1),
        amount: 50n,
      }),
    ),
  ])
  const ratio = (name: string, goal: number) =>
    ({
      what: `payments.apply / ${name}`,
      value: medianOf(figures, 'payments.apply') / medianOf(figures, name),
      goal,
      direction: 'at least',
    }) as const
  return {
    figures: withCosts(figures, costs),
    comparisons: [
      ratio('pgbench, the same statements', 0.5),
      ratio('pgbench, one statement', 0.5),
      ratio('drizzle', 6),
    ],
  }
}

function paidSnapshot(payment: number) {
  const paymentId = idOf('payment', payment)
  const providerPaymentId = chargeOf(payment)
  return {
    gateway: 'telegram-stars',
    paymentId,
    providerPaymentId,
    status: 'succeeded',
    money: { amount: 50n, currency: 'XTR' },
    payerTelegramId: BigInt(customerOf(payment) + 1),
    isRenewal: false,
    body: { chargeId: providerPaymentId, payload: paymentId },
  } as const
}

/** Does something for each number of a range, so many at a time. */
async function each(
  { from, count }: Range,
  concurrency: number,
  work: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = from
  const client = async (): Promise<void> => {
    while (next < from + count) {
      const number = next
      next += 1
      await work(number)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
}

/** Stops unless each payment of a range was settled, with its transfers and its events. */
async function checkSettled(admin: pg.Pool, schema: string, { from, count }: Range): Promise<void> {
  const { rows } = await admin.query<Record<string, string>>(
    `with paid as (select * from ${schema}.payment where id between $1 and $2)
     select (select count(*) from paid where status = 'succeeded' and provider_payment_id is not null)
              as payments,
            (select count(*) from ${schema}.payment_event e join paid on paid.id = e.payment_id)
              as events,
            (select count(*) from ${schema}.outbox_event o join paid on paid.id::text = o.subject_id)
              as facts,
            (select sum(t.amount) from ${schema}.balance_transfer t
              join paid on paid.id::text = t.reference) as moved,
            (select sum(a.balance) from ${schema}.balance_account a where a.user_id is not null)
              = (select coalesce(sum(t.amount), 0) from ${schema}.balance_transfer t
                 where t.reason = 'payment.fulfilled') as kept`,
    [idOf('payment', from), idOf('payment', from + count - 1)],
  )
  const found = JSON.stringify(rows[0])
  const n = String(count)
  const wanted = JSON.stringify({
    payments: n,
    events: n,
    facts: n,
    moved: String(count * 150),
    kept: true,
  })
  if (found !== wanted) throw new Error(`${schema} has ${found} instead of ${wanted}`)
}
