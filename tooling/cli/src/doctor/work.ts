import { type Finding, ok, problem, warning } from '../findings.ts'
import { withConnection } from '../owner.ts'
import { counted } from '../screen.ts'

/** What waits for longer than this waits for a process that is not there. */
const LATE = `interval '10 minutes'`

const COUNTS = `
  select
    (select count(*)::int from gramkit.inbox_delivery where status = 'parked') as parked,
    (select count(*)::int from gramkit.job where status = 'dead') as dead,
    (select count(*)::int from gramkit.job
      where status = 'pending' and run_at < now() - ${LATE}
        and (lease_until is null or lease_until < now())) as late,
    (select count(*)::int from gramkit.outbox_event
      where published_at is null and occurred_at < now() - ${LATE}) as unpublished,
    (select count(*)::int from gramkit.payment
      where status in ('created', 'pending', 'waiting_for_capture', 'unknown')
        and next_check_at is null) as unresolved,
    (select count(*)::int from gramkit.payment where next_check_at < now() - ${LATE}) as unchecked,
    (select count(*)::int from gramkit.payment where status = 'unknown')
      + (select count(*)::int from gramkit.payment_refund where status = 'unknown') as unanswered,
    (select count(*)::int from gramkit.payment where in_books in ('different', 'missing'))
      + (select count(*)::int from gramkit.payment_refund
         where in_books in ('different', 'missing')) as differing,
    (select count(*)::int from gramkit.payment_receipt where status = 'rejected') as rejected,
    coalesce((select differences from gramkit.balance_verification
              order by created_at desc limit 1), 0) as "wrongBalances"`

interface Counts {
  readonly parked: number
  readonly dead: number
  readonly late: number
  readonly unpublished: number
  readonly unresolved: number
  readonly unchecked: number
  readonly unanswered: number
  readonly differing: number
  readonly rejected: number
  readonly wrongBalances: number
}

/** Looks for work that was given up, and for work that nobody does. */
export async function checkWork(url: string): Promise<Finding[]> {
  const counts = await withConnection(url, async (client) => {
    const { rows } = await client.query<Counts>(COUNTS)
    return rows[0]
  })
  if (!counts) return []
  const {
    parked,
    dead,
    late,
    unpublished,
    unresolved,
    unchecked,
    unanswered,
    differing,
    rejected,
    wrongBalances,
  } = counts
  const isWorkerAway = 'see whether a process with the roles relay and worker runs'
  const lines: readonly (readonly [number, (is: string) => Finding, string])[] = [
    [parked, (is) => problem(`${is} parked`, 'gramkit deliveries list'), 'delivery'],
    [dead, (is) => problem(`${is} dead`, 'gramkit jobs list'), 'job'],
    [late, (is) => problem(`${is} late by ten minutes and more`, isWorkerAway), 'job'],
    [unpublished, (is) => problem(`${is} waiting for the relay`, isWorkerAway), 'event'],
    [unchecked, (is) => problem(`${is} not looked after`, isWorkerAway), 'payment'],
    [
      unresolved,
      (is) =>
        problem(`${is} open and not looked after`, 'ask the provider, then gramkit reconcile'),
      'payment',
    ],
    [
      unanswered,
      (is) =>
        warning(`${is} without the provider's answer`, 'it is asked again and again by itself'),
      'payment or refund',
    ],
    [
      differing,
      (is) => problem(`${is} not in the provider's books, or otherwise`, 'gramkit reconcile'),
      'payment or refund',
    ],
    [rejected, (is) => problem(`${is} rejected`, "see the shop's cash register"), 'receipt'],
    [
      wrongBalances,
      (is) => problem(`${is} what the daily verification found`, 'gramkit doctor --ledger'),
      'difference',
    ],
  ]
  const found = lines.flatMap(([number, finding, noun]) =>
    number > 0
      ? [finding(`${counted(number, noun, MANY[noun])} ${number === 1 ? 'is' : 'are'}`)]
      : [],
  )
  return found.length > 0 ? found : [ok('Nothing was given up, nothing waits too long')]
}

const MANY: Readonly<Record<string, string>> = {
  delivery: 'deliveries',
  'payment or refund': 'payments and refunds',
}
