/**
 * P3: posting transfers in batches, beside pgbench posting one in each transaction through the same
 * trigger of the same server.
 *
 * @module
 */
import { newId } from '@gramkit/core/kernel'
import { costOf, walBytesOf } from './cost.ts'
import { alternate, type Cost, medianOf, type Report, withCosts } from './measure.ts'
import { runPgbench } from './pgbench.ts'
import { type BenchShop, customerOf, idOf, idSql, openBenchShop } from './settlement/shop.ts'

/** Transfers in one round of one side. */
const TRANSFERS = 16_000
const BATCH = 8_000
const CLIENTS = 16

const MANY = 'balance.postMany'
const ONE = 'pgbench, one transfer a transaction'

/** One transfer to a customer at random, as `postMany` writes it. */
const SCRIPT = `\\set customer random(0, 999)
insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit, amount,
  reason, reference, metadata, created_at)
values (gen_random_uuid(), '${idOf('system', 0)}', ${idSql('account', ':customer')}::uuid, 'credits',
  1, 'bench.granted', 'bench', '{}', now());
`

/** Runs the comparison. */
export async function measurePosting(): Promise<Report> {
  await using shop = await openBenchShop(CLIENTS)
  const costs = new Map<string, Cost>()
  const side = (name: string, post: () => Promise<number>) => ({
    name,
    async measure() {
      const before = await countPosted(shop)
      const perSecond = await post()
      await checkPosted(shop, before + TRANSFERS)
      return perSecond
    },
  })
  const figures = await alternate('a second', [
    side(MANY, async () => {
      const begin = performance.now()
      const cost = await costOf(shop.adminUrl, TRANSFERS, () => postMany(shop))
      const spent = performance.now() - begin
      costs.set(MANY, cost)
      return (TRANSFERS * 1_000) / spent
    }),
    side(ONE, async () => {
      let perSecond = Number.NaN
      const walBytes = await walBytesOf(shop.adminUrl, async () => {
        perSecond = await runPgbench({
          url: shop.appUrl,
          script: SCRIPT,
          clients: CLIENTS,
          transactionsPerClient: TRANSFERS / CLIENTS,
        })
      })
      costs.set(ONE, { roundTrips: 1, statements: 1, walBytes: walBytes / TRANSFERS })
      return perSecond
    }),
  ])
  return {
    figures: withCosts(figures, costs),
    comparisons: [
      {
        what: `${MANY} / ${ONE}`,
        value: medianOf(figures, MANY) / medianOf(figures, ONE),
        goal: 2,
        direction: 'at least',
      },
    ],
  }
}

async function postMany({ platform }: BenchShop): Promise<void> {
  for (let from = 0; from < TRANSFERS; from += BATCH) {
    await platform.services.balance.postMany(
      Array.from({ length: BATCH }, (_, index) => ({
        id: newId(),
        source: { system: 'issuance' },
        target: { userId: idOf('customer', customerOf(from + index)) },
        unit: 'credits',
        amount: 1n,
        reason: 'bench.granted',
        reference: 'bench',
      })),
    )
  }
}

async function countPosted({ admin }: BenchShop): Promise<number> {
  const { rows } = await admin.query<{ count: string }>(
    'select count(*) from gramkit.balance_transfer',
  )
  return Number(rows[0]?.count)
}

/** Stops unless so many transfers of one credit are there and the customers have them all. */
async function checkPosted(shop: BenchShop, wanted: number): Promise<void> {
  const { rows } = await shop.admin.query<Record<string, string>>(
    `select (select count(*) from gramkit.balance_transfer) as transfers,
            (select sum(amount) from gramkit.balance_transfer) as moved,
            (select sum(balance) from gramkit.balance_account) as kept`,
  )
  const found = JSON.stringify(rows[0])
  const n = String(wanted)
  if (found !== JSON.stringify({ transfers: n, moved: n, kept: n })) {
    throw new Error(`There is ${found} instead of ${wanted} transfers of one credit`)
  }
}
