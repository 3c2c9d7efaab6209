import { parseDecimal } from '@gramkit/core/kernel'
import type { Transaction } from '@gramkit/sandbox'
import { z } from 'zod'
import type { Kit } from './kit.ts'
import { until } from './together.ts'

const paymentShape = z.object({
  id: z.string(),
  gateway: z.string(),
  provider_id: z.string().nullable(),
  status: z.string(),
  amount: z.string(),
  refunded: z.string(),
  is_paid: z.boolean(),
  kind: z.string(),
  goods: z.number(),
  settled: z.number(),
})
const namedShape = z.object({ id: z.string(), name: z.string() })
const countShape = z.object({ count: z.number() })
const verifiedShape = z.object({ ok: z.boolean(), differences: z.array(z.unknown()) })
const reconciledShape = z.object({
  items: z.array(
    z.object({
      gateway: z.string(),
      repaired: z.array(z.unknown()),
      differences: z.array(z.unknown()),
    }),
  ),
})

/** How often each payment was given and settled, and what its provider calls it. */
const PAYMENTS = `
  with given as (
    select reference as id, count(*)::int as count from gramkit.balance_transfer
    where reason = 'payment.fulfilled' group by reference
    union all
    select payment_id::text, count(*)::int from shop."order" group by payment_id
  ), settled as (
    select reference as id, count(*)::int as count from gramkit.balance_transfer
    where reason = 'payment.settled' group by reference
  )
  select p.id::text, p.gateway, p.provider_payment_id as provider_id, p.status,
         p.amount::text, p.refunded_amount::text as refunded, p.paid_at is not null as is_paid,
         p.product->>'kind' as kind, coalesce(g.count, 0) as goods, coalesce(s.count, 0) as settled
  from gramkit.payment p
  left join given g on g.id = p.id::text
  left join settled s on s.id = p.id::text`

const UNFINISHED = `
  select id::text, 'delivery ' || status || ': ' || coalesce(last_error, 'not tried') as name
  from gramkit.inbox_delivery where status <> 'done'
  union all
  select id::text, 'job ' || name || ' ' || status || ': ' || coalesce(last_error, 'not tried')
  from gramkit.job where status = 'dead' or (status = 'pending' and run_at <= $1)
  union all
  select id::text, 'event ' || name || ' was not handed on'
  from gramkit.outbox_event where published_at is null
  limit 50`

/**
 * Compares what providers charged and gave back with what the shop gave and took, one by one, and
 * asks the ledger's verifier and the reconciler. Gives what is wrong, each with its id.
 */
export async function findDifferences(
  kit: Kit,
  { isParked = () => false }: { isParked?: (deliveryId: string) => boolean } = {},
): Promise<string[]> {
  // Old enough for the reconciler, which leaves alone what may still be on its way.
  await kit.sandbox.control.clock.advance({ minutes: 11 })
  const verified = verifiedShape.parse((await kit.admin.get('/api/v1/admin/ledger/verify')).body)
  const reconciled = reconciledShape.parse((await kit.admin.post('/api/v1/admin/reconcile')).body)
  const repaired = await kit.rows(
    namedShape,
    `select subject as id, action as name from gramkit.audit_entry
     where action in ('payment.reconciled', 'payment.differs')`,
  )
  const unfinished = await kit.rows(namedShape, UNFINISHED, [await kit.sandbox.control.clock.now()])
  return [
    ...(verified.ok ? [] : [`the ledger: ${JSON.stringify(verified.differences)}`]),
    ...reconciled.items.flatMap(({ gateway, ...found }) =>
      [...found.repaired, ...found.differences].map(
        (entry) => `the reconciler, ${gateway}: ${JSON.stringify(entry)}`,
      ),
    ),
    ...repaired.map(({ id, name }) => `${id}: ${name}`),
    ...unfinished
      .filter(({ id }) => !isParked(id))
      .map(({ id, name }) => `unfinished ${id}: ${name}`),
    ...comparePayments(
      await kit.sandbox.control.transactions(),
      await kit.rows(paymentShape, PAYMENTS),
    ),
    ...(await compareTotals(kit)),
  ]
}

/** Every charge has one payment that was given once, and no payment was given without a charge. */
function comparePayments(
  books: readonly Transaction[],
  payments: readonly z.output<typeof paymentShape>[],
): string[] {
  const paid = new Map(
    payments.filter((one) => one.is_paid).map((one) => [`${one.gateway} ${one.provider_id}`, one]),
  )
  const back = new Map<string, bigint>()
  for (const line of books.filter(({ kind }) => kind !== 'payment')) {
    const of = `${line.provider} ${line.payment_id}`
    back.set(of, (back.get(of) ?? 0n) + minorOf(line))
  }
  const charged = books.filter(({ kind }) => kind === 'payment')
  const problems = charged.flatMap((line) => {
    const key = `${line.provider} ${line.payment_id}`
    const payment = paid.get(key)
    paid.delete(key)
    if (!payment) return [`lost: ${key}, paid for ${line.payload ?? line.metadata?.['payment_id']}`]
    return [
      ...(BigInt(payment.amount) === minorOf(line) ? [] : [`${payment.id}: another amount`]),
      ...(BigInt(payment.refunded) === (back.get(key) ?? 0n)
        ? []
        : [`${payment.id}: gave back ${payment.refunded}, ${key} says ${back.get(key) ?? 0n}`]),
      ...(payment.settled === 1 ? [] : [`${payment.id}: booked ${payment.settled} times`]),
      ...(payment.kind === 'subscription' || payment.goods === 1
        ? []
        : [`${payment.id}: given ${payment.goods} times`]),
    ]
  })
  const unpaid = payments.filter((one) => !one.is_paid && one.goods + one.settled > 0)
  return [
    ...problems,
    ...[...paid].map(([key, { id }]) => `${id}: paid without the charge ${key}`),
    ...unpaid.map(({ id, status }) => `${id}: ${status} and given all the same`),
  ]
}

/** Our accounts of the providers hold what their own books add up to. */
async function compareTotals(kit: Kit): Promise<string[]> {
  const problems: string[] = []
  for (const provider of ['telegram-stars', 'yookassa'] as const) {
    const theirs = (await kit.sandbox.control.transactions(provider)).reduce(
      (sum, line) => (line.kind === 'payment' ? sum + minorOf(line) : sum - minorOf(line)),
      0n,
    )
    const [ours] = await kit.rows(
      z.object({ sum: z.string() }),
      `select coalesce(sum(case when source.system_name = $1 then t.amount else -t.amount end), 0)::text as sum
       from gramkit.balance_transfer t
       join gramkit.balance_account source on source.id = t.source_account_id
       join gramkit.balance_account target on target.id = t.target_account_id
       where $1 in (source.system_name, target.system_name)`,
      [`provider:${provider}`],
    )
    if (ours?.sum !== String(theirs)) problems.push(`${provider}: ${ours?.sum}, not ${theirs}`)
  }
  return problems
}

function minorOf({ amount, currency }: Transaction): bigint {
  return parseDecimal(amount, currency === 'XTR' ? 'XTR' : 'RUB').amount
}

/**
 * Each payment that was made has been heard of once by the consumer that tells its buyer, and what
 * became of that notification is known: a process that is killed while it writes leaves `unknown`.
 */
export async function findJobFaults(kit: Kit): Promise<string[]> {
  const found = await kit.rows(
    namedShape,
    `select p.id::text, count(n.id)::text || ' notices, ' ||
            count(n.id) filter (where n.status in ('sent', 'skipped', 'unknown'))::text || ' ended' as name
     from gramkit.payment p
     left join gramkit.outbox_event e on e.name = 'payment.succeeded' and e.payload->>'paymentId' = p.id::text
     left join gramkit.notification n
       on n.occasion = e.id::text and n.template in ('payment.paid', 'payment.renewed')
     where p.paid_at is not null
     group by p.id
     having count(n.id) <> 1 or count(n.id) filter (where n.status in ('sent', 'skipped', 'unknown')) <> 1`,
  )
  return found.map(({ id, name }) => `payment ${id}: ${name}`)
}

/** Waits until no delivery waits for another try, and no job or notification either if asked. */
export async function untilQuiet(kit: Kit, { withJobs }: { withJobs: boolean }): Promise<void> {
  await until('everything is done by itself', 180_000, async () => {
    const waiting = await kit.rows(
      countShape,
      `select (select count(*) from gramkit.inbox_delivery where status = 'pending')::int
            + (select count(*) from gramkit.outbox_event where $1 and published_at is null)::int
            + (select count(*) from gramkit.job where $1 and status = 'pending' and run_at <= $2)::int
            + (select count(*) from gramkit.notification
               where $1 and status in ('due', 'sending') and due_at <= $2)::int
         as count`,
      [withJobs, await kit.sandbox.control.clock.now()],
    )
    const count = waiting[0]?.count ?? 0
    return count === 0 || `${count} wait`
  })
}
