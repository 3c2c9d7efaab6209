import { afterAll, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { CYCLES, type Cycle } from '../periods/billing-period.ts'
import { billDueSubscriptions } from '../runs/runs.jobs.ts'
import type { TenantBilling } from '../tenant-billing.ts'

/** Written by hand from a calendar: where periods begin that are kept to a day of the month. */
const MONTHS_OF: Readonly<Record<string, readonly string[]>> = {
  '29': table(`
    2028: 01-29 02-29 03-29 04-29 05-29 06-29 07-29 08-29 09-29 10-29 11-29 12-29
    2029: 01-29 02-28 03-29 04-29 05-29 06-29 07-29 08-29 09-29 10-29 11-29 12-29
    2030: 01-29 02-28 03-29`),
  '30': table(`
    2028: 01-30 02-29 03-30 04-30 05-30 06-30 07-30 08-30 09-30 10-30 11-30 12-30
    2029: 01-30 02-28 03-30 04-30 05-30 06-30 07-30 08-30 09-30 10-30 11-30 12-30
    2030: 01-30 02-28 03-30`),
  '31': table(`
    2028: 01-31 02-29 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31
    2029: 01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31
    2030: 01-31 02-28 03-31`),
}

/** Mondays; three of them are a 29th, a 30th and a 31st. */
const MONDAYS = table(`
  2028: 01-31 02-07 02-14 02-21 02-28 03-06 03-13 03-20 03-27 04-03 04-10 04-17 04-24 05-01 05-08
  2028: 05-15 05-22 05-29 06-05 06-12 06-19 06-26 07-03 07-10 07-17 07-24 07-31 08-07 08-14 08-21
  2028: 08-28 09-04 09-11 09-18 09-25 10-02 10-09 10-16 10-23 10-30 11-06 11-13 11-20 11-27 12-04
  2028: 12-11 12-18 12-25
  2029: 01-01 01-08 01-15 01-22 01-29 02-05 02-12 02-19 02-26 03-05 03-12 03-19 03-26 04-02`)

/** Days of 2028 that an anchor can be: a 29th in each month, a 30th in eleven, a 31st in seven. */
const ANCHORS = table(`
  2028: 01-29 01-30 01-31 02-29 03-29 03-30 03-31 04-29 04-30 05-29 05-30 05-31 06-29 06-30
  2028: 07-29 07-30 07-31 08-29 08-30 08-31 09-29 09-30 10-29 10-30 10-31 11-29 11-30
  2028: 12-29 12-30 12-31`)

/** What is billed once is for its day alone. */
const ONCE = [
  ['2028-01-31', '2028-02-01'],
  ['2028-02-29', '2028-03-01'],
  ['2028-04-30', '2028-05-01'],
  ['2028-12-31', '2029-01-01'],
] as const

/** The last instant at which something is billed. */
const LAST = '2029-03-31T23:59:59.000Z'

/** In UTC, the hour in which a day begins: by hand, with summer time where there is one. */
const MIDNIGHTS = {
  'Pacific/Pago_Pago': (day: string) => `${day}T11:00:00.000Z`,
  'Pacific/Kiritimati': (day: string) =>
    new Date(Date.parse(`${day}T10:00:00Z`) - 86_400_000).toISOString(),
  'America/New_York': (day: string) => {
    const isSummer =
      (day > '2028-03-12' && day <= '2028-11-05') || (day > '2029-03-11' && day <= '2029-11-04')
    return `${day}T0${isSummer ? 4 : 5}:00:00.000Z`
  },
} as const

const STEPS = { monthly: 1, quarterly: 3, semi_annually: 6, annually: 12 } as const

const clock = new VirtualClock(new Date('2027-12-31T18:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 4, clock })

afterAll(close)

interface Told {
  readonly name: string
  /** Where its periods begin, and the last one ends. */
  readonly days: readonly string[]
}

describe('billing that is anchored at the end of months', () => {
  test('goes on from day to day as the calendar has it', { timeout: 120_000 }, async () => {
    const at = await aTenant(services)
    const told = new Map<string, Told & { readonly zone: keyof typeof MIDNIGHTS }>()
    for (const zone of ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'America/New_York'] as const) {
      const { id: customerId } = await aCustomer(at, { timeZone: zone })
      for (const cycle of CYCLES) {
        // Days of the week need no calendar: one zone, whose clocks change, is enough.
        if (cycle === 'weekly' && zone !== 'America/New_York') continue
        const planId = await aPublished(at, cycle)
        for (const { anchorOn, days } of expected(cycle)) {
          const { id } = await at.subscriptions.create({ customerId, planId, anchorOn })
          told.set(id, { zone, days, name: `${cycle} from ${anchorOn} in ${zone}` })
        }
      }
    }
    expect(told.size).toBe(3 * (4 * ANCHORS.length + ONCE.length) + 3)

    await billUntil(LAST)

    const bills = await billsOf(at)
    for (const [id, { name, zone, days }] of told) {
      const wanted = days.flatMap((day, index) => {
        const [before, until] = [days[index - 1], days[index + 1]]
        const at = MIDNIGHTS[zone](day)
        if (at > LAST || !until) return []
        const advance = [['advance', day, until, 1000n]]
        const isFirst = name.startsWith('one_time') || !before
        const arrears = isFirst ? [] : [['arrears', before, day, 300n]]
        return [[at, ...arrears, ...advance]]
      })
      expect(bills.get(id), name).toEqual(wanted)
    }
  })
})

/** What a calendar says of a cycle: from each anchor on, one row of it after the other. */
function expected(cycle: Cycle): { readonly anchorOn: string; readonly days: readonly string[] }[] {
  if (cycle === 'weekly') {
    return ['2028-01-31', '2028-05-29', '2028-10-30'].map((anchorOn) => {
      return { anchorOn, days: MONDAYS.slice(MONDAYS.indexOf(anchorOn)) }
    })
  }
  if (cycle === 'one_time') return ONCE.map((days) => ({ anchorOn: days[0], days }))
  return ANCHORS.map((anchorOn) => {
    const months = MONTHS_OF[anchorOn.slice(-2)] ?? []
    const from = months.indexOf(anchorOn)
    return { anchorOn, days: months.filter((_, n) => n >= from && (n - from) % STEPS[cycle] === 0) }
  })
}

async function aPublished(at: TenantBilling, cycle: Cycle): Promise<string> {
  const base = { key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '10' } as const
  const care = { key: 'care', title: 'Care', model: 'flat', when: 'arrears', rate: '3' } as const
  const charges = cycle === 'one_time' ? [base] : [base, care]
  const { id } = await aPlan(at, { cycle, charges })
  await at.plans.publish(id)
  return id
}

/** Moves the clock from one due instant to the next, so that an invoice says when it came. */
async function billUntil(iso: string): Promise<void> {
  for (;;) {
    const next = await billDueSubscriptions.nextDueAt?.(services)
    if (!next || next > new Date(iso)) return
    if (next > clock.now()) clock.set(next)
    while ((await billDueSubscriptions.runDue(services)) > 0);
  }
}

/** The bills of each subscription, oldest first: when each was made, and what for. */
async function billsOf(at: TenantBilling): Promise<ReadonlyMap<string, unknown[][]>> {
  const bills = new Map<string, unknown[][]>()
  let cursor: string | undefined
  do {
    cursor = await at.transaction(async (tx) => {
      const page = await tx.invoices.list({}, { limit: 100, cursor })
      const ids = page.items.map(({ id }) => id)
      const lines = Map.groupBy(await tx.repos.invoices.listLines(ids), (line) => line.invoiceId)
      for (const { id, subscriptionId, createdAt } of page.items) {
        const said = (lines.get(id) ?? []).map(({ kind, fromOn, untilOn, net }) => {
          return [kind, fromOn, untilOn, net]
        })
        const of = subscriptionId ?? ''
        bills.set(of, [[createdAt.toISOString(), ...said], ...(bills.get(of) ?? [])])
      }
      return page.nextCursor ?? undefined
    })
  } while (cursor)
  return bills
}

/** Days that are written as a year and the months and dates in it. */
function table(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [year = '', days = ''] = row.trim().split(': ')
      return days.split(' ').map((day) => `${year}-${day}`)
    })
}
