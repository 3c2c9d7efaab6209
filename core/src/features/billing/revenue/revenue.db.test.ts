import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { addDays, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { CustomerInput } from '../customers/customer.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import { recogniseDueRevenue } from './revenue.jobs.ts'

const clock = new VirtualClock(new Date('2028-01-10T12:00:00Z'))
const { database, services, platform, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

/** Begins subscriptions of some prices a month, and bills them. */
async function subscribe(
  billing: TenantBilling,
  rates: readonly string[],
  customer: Partial<CustomerInput> = {},
): Promise<string[]> {
  const ids: string[] = []
  for (const rate of rates) {
    const plan = await aPlan(billing, {
      charges: [{ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate }],
    })
    await billing.plans.publish(plan.id)
    const { id: customerId } = await aCustomer(billing, customer)
    ids.push((await billing.subscriptions.create({ customerId, planId: plan.id })).id)
  }
  await bill(billing)
  return ids
}

async function bill(billing: TenantBilling): Promise<void> {
  const { id } = await billing.runs.start()
  while ((await billing.runs.work(id)) === 'worked');
}

async function revenueOf(billing: TenantBilling, untilOn?: string): Promise<bigint> {
  const [of] = await billing.journal.balances({ untilOn })
  return -(of?.revenue ?? 0n)
}

/** Runs SQL as the superuser, past the triggers. */
async function tamper(statement: string, values: readonly unknown[]): Promise<void> {
  await owner.query('begin')
  await owner.query(`set local session_replication_role = 'replica'`)
  await owner.query(statement, [...values])
  await owner.query('commit')
}

/** Ends the connection that waits for a lock, as soon as there is one. */
async function killWaiting(): Promise<void> {
  for (let killed = 0; killed === 0; ) {
    const { rowCount } = await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    killed = rowCount ?? 0
  }
}

describe('recognition', () => {
  test('by the day is the sum of days to the minor unit, and that of months', async () => {
    const rates = ['0.01', '0.3', '9.99', '29.99', '1234.57']
    const [byDay, byMonth] = [await aTenant(services), await aTenant(services)]
    const start = clock.now().toISOString().slice(0, 10)
    await subscribe(byDay, rates)
    await subscribe(byMonth, rates)
    const total = 1n + 30n + 999n + 2_999n + 123_457n
    for (let days = 0; days < 31; days++) {
      const throughOn = addDays(start, days)
      clock.set(new Date(`${addDays(throughOn, 1)}T00:00:00Z`))
      await byDay.revenue.recognise({ throughOn })
      const amounts = [1n, 30n, 999n, 2_999n, 123_457n]
      const share = amounts.reduce((sum, amount) => sum + (amount * BigInt(days + 1)) / 31n, 0n)
      expect(await revenueOf(byDay)).toBe(share)
    }
    expect(await revenueOf(byDay)).toBe(total)
    const throughOn = addDays(start, 30)
    await byMonth.revenue.recognise({ throughOn })
    expect(await revenueOf(byMonth)).toBe(total)
    const monthEnd = '2028-01-31'
    expect(await revenueOf(byMonth, monthEnd)).toBe(await revenueOf(byDay, monthEnd))
    for (const billing of [byDay, byMonth]) {
      expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
    }
  })

  test('by many workers at once is booked once, and the job goes on month by month', async () => {
    const billing = await aTenant(services)
    await subscribe(
      billing,
      Array.from({ length: 20 }, () => '31.05'),
    )
    const other = services.billing.forTenant(billing.tenantId)
    clock.set(new Date('2028-04-01T00:00:00Z'))
    const workers = [billing, other, billing, other].map((each) => each.revenue.recognise())
    await Promise.all(workers)
    expect(await revenueOf(billing)).toBe(20n * 3_105n)
    expect(await billing.revenue.recognise()).toBe(0)
    await bill(billing)
    const at = await recogniseDueRevenue.nextDueAt?.(services)
    expect(at && at <= clock.now()).toBe(true)
    while ((await recogniseDueRevenue.runDue(services)) > 0);
    const next = await recogniseDueRevenue.nextDueAt?.(services)
    expect(next && next > clock.now()).toBe(true)
    expect(await billing.revenue.verify()).toMatchObject({ ok: true })
  })

  test('goes on where it was killed, and is the same in the end', async () => {
    const billing = await aTenant(services)
    await subscribe(
      billing,
      Array.from({ length: 25 }, () => '31.05'),
    )
    for (let round = 0; round < 3; round++) {
      clock.set(new Date(clock.now().getTime() + 3 * 86_400_000))
      const throughOn = addDays(clock.now().toISOString().slice(0, 10), -1)
      await owner.query('begin')
      // The entries are written, and the hash of them has to wait.
      await owner.query('lock table gramkit.audit_entry in share mode')
      const working = billing.revenue.recognise({ throughOn })
      await Promise.all([expect(working).rejects.toThrow(), killWaiting()])
      await owner.query('rollback')
      expect(await revenueOf(billing)).toBe(0n)
    }
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000))
    const throughOn = addDays(clock.now().toISOString().slice(0, 10), -1)
    await billing.revenue.recognise({ throughOn })
    expect(await revenueOf(billing)).toBe(25n * 3_105n)
    expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  })

  test('is refused for days that are not over', async () => {
    const billing = await aTenant(services)
    const throughOn = clock.now().toISOString().slice(0, 10)
    await expect(billing.revenue.recognise({ throughOn })).rejects.toMatchObject({
      details: { field: 'throughOn' },
    })
  })
})

test('closing a month waits for whoever is booking, and then books after it', async () => {
  const billing = await aTenant(services)
  const { id: customerId } = await aCustomer(billing)
  const month = clock.now().toISOString().slice(0, 7)
  const credit = { customerId, currency: 'EUR', amount: 5n } as const
  const order: string[] = []
  let closing: Promise<unknown> = Promise.resolve()
  await billing.transaction(async (tx) => {
    await tx.journal.bookCreditGranted({ ...credit, creditId: 'before' })
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000))
    closing = billing.revenue.closeMonth({ month }).then(() => order.push('closed'))
    // Whoever closes waits for the lock of the tenant; that shows in the database.
    for (let waits = 0; waits === 0; ) {
      const { rows } = await owner.query(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      waits = rows[0].count
    }
    order.push('booked')
  })
  await closing
  expect(order).toEqual(['booked', 'closed'])
  await billing.journal.bookCreditGranted({ ...credit, creditId: 'after' })
  const { items } = await billing.journal.list()
  const isIn = items.map(({ sourceId, bookedOn }) => [sourceId, bookedOn.startsWith(month)])
  expect(isIn).toEqual([
    ['after', false],
    ['before', true],
  ])
})

describe('a month is not closed', () => {
  const usage = { key: 'calls', title: 'Calls', model: 'per_unit', when: 'arrears' } as const
  const close = (billing: TenantBilling, month: string) => billing.revenue.closeMonth({ month })

  /** A tenant with a customer who made a call of 7.00 in a month that is over but for its bill. */
  async function aMonth(): Promise<{ billing: TenantBilling; month: string; lastOn: string }> {
    const from = new Date(Date.UTC(clock.now().getUTCFullYear() + 1, 0, 1, 12))
    clock.set(from)
    const billing = await aTenant(services)
    await billing.meters.create({
      code: 'calls',
      name: 'Calls',
      unit: 'call',
      aggregation: 'count',
    })
    const { id: planId } = await aPlan(billing, {
      charges: [{ ...usage, meter: 'calls', rate: '7' }],
    })
    await billing.plans.publish(planId)
    const { id: customerId } = await aCustomer(billing)
    await billing.subscriptions.create({ customerId, planId })
    await bill(billing)
    await billing.usage.record({ id: 'one', customerId, meter: 'calls', at: from })
    const month = from.toISOString().slice(0, 7)
    clock.set(new Date(from.getTime() + 31 * 86_400_000))
    return { billing, month, lastOn: `${month}-31` }
  }

  test('before its periods are billed, and then has what they earned', async () => {
    const { billing, month, lastOn } = await aMonth()
    const unbilled = { code: 'billing.month_not_closable', details: { month, reason: 'unbilled' } }
    await expect(close(billing, month)).rejects.toMatchObject(unbilled)
    const { id } = await billing.runs.start()
    expect(await billing.runs.work(id)).toBe('worked')
    // The draft is not booked yet.
    await expect(close(billing, month)).rejects.toMatchObject(unbilled)
    while ((await billing.runs.work(id)) === 'worked');
    await close(billing, month)
    expect(await revenueOf(billing, lastOn)).toBe(700n)
  })

  test('while somebody has an invoice that earned something in it', async () => {
    const { billing, month, lastOn } = await aMonth()
    await bill(billing)
    await owner.query('begin')
    await owner.query('select from gramkit.billing_invoice where tenant_id = $1 for update', [
      billing.tenantId,
    ])
    const refused = close(billing, month)
    await expect(refused).rejects.toMatchObject({ details: { reason: 'busy' } })
    await owner.query('rollback')
    await close(billing, month)
    expect(await revenueOf(billing, lastOn)).toBe(700n)
  })
})

test('an invoice that is void earns nothing in the months after it', async () => {
  const billing = await aTenant(services)
  await subscribe(billing, ['31'])
  const [invoice] = (await billing.invoices.list()).items
  await billing.invoices.void(invoice?.id ?? '')
  clock.set(new Date(clock.now().getTime() + 62 * 86_400_000))
  expect(await billing.revenue.recognise()).toBe(0)
  expect(await revenueOf(billing)).toBe(0n)
  expect(await billing.revenue.verify()).toMatchObject({ ok: true })
})

describe('the proof of the books', () => {
  test('holds after changes that give back more than they charge', async () => {
    const billing = await aTenant(services)
    const [id = ''] = await subscribe(billing, ['90'])
    const cheap = await aPlan(billing, {
      charges: [{ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '10' }],
    })
    await billing.plans.publish(cheap.id)
    clock.set(new Date(clock.now().getTime() + 5 * 86_400_000))
    await billing.subscriptions.change(id, { planId: cheap.id })
    for (let month = 0; month < 4; month++) {
      clock.set(new Date(clock.now().getTime() + 31 * 86_400_000))
      await bill(billing)
    }
    await billing.revenue.recognise()
    const [of] = await billing.journal.balances()
    expect(of?.carried).not.toBe(undefined)
    expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  })

  test.each([
    [
      'an amount',
      `update gramkit.billing_journal_entry set revenue = revenue - 1, receivable = receivable + 1`,
    ],
    ['a day', 'update gramkit.billing_journal_entry set booked_on = booked_on - 1'],
    ['a row that is gone', 'delete from gramkit.billing_journal_entry'],
    [
      'a row that is new',
      `insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
         currency, customer_id, created_at)
       select tenant_id, gen_random_uuid(), source, 'forged', booked_on, currency, customer_id, created_at
       from gramkit.billing_journal_entry`,
    ],
  ])('finds %s that the superuser changed', async (_, statement) => {
    const billing = await aTenant(services)
    await subscribe(billing, ['29.99'])
    await platform.services.audit.seal()
    await tamper(`${statement} where tenant_id = $1`, [billing.tenantId])
    const { ok, differences } = await billing.revenue.verify()
    expect(ok).toBe(false)
    const found = differences.filter(({ problem }) => problem.startsWith('booking_'))
    expect(found).toHaveLength(1)
  })

  test('finds the hash of a booking that the superuser changed with it', async () => {
    const billing = await aTenant(services)
    await subscribe(billing, ['29.99'])
    await platform.services.audit.seal()
    const { tenantId } = billing
    await tamper(
      'update gramkit.billing_journal_entry set booked_on = booked_on - 1 where tenant_id = $1',
      [tenantId],
    )
    await tamper(
      `update gramkit.audit_entry a set facts = a.facts || jsonb_build_object('digest', d.digest)
       from gramkit.billing_journal_digest($1::uuid, (select booking_id
         from gramkit.billing_journal_entry where tenant_id = $1 limit 1)) d where a.stream = $2`,
      [tenantId, `tenant:${tenantId}:journal`],
    )
    const { differences } = await billing.revenue.verify()
    expect(differences.map(({ problem }) => problem)).toEqual(['audit_is_broken'])
  })

  test('holds through payments, credit notes, credit and what is written off', async () => {
    const billing = await aTenant(services, { country: 'DE' })
    await billing.taxes.add({ country: 'DE', name: 'VAT', rate: '19', fromOn: '2020-01-01' })
    const proved = async () =>
      expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
    await subscribe(billing, ['100'], { country: 'DE' })
    const [invoice] = (await billing.invoices.list()).items
    if (!invoice) throw new Error('nothing was billed')
    const [line] = (await billing.invoices.get(invoice.id)).lines
    const note = (amount: bigint) =>
      billing.creditNotes.issue({
        ...{ invoiceId: invoice.id, reason: 'Late' },
        lines: [{ lineId: line?.id ?? '', amount }],
      })
    const pay = (paymentId: string, amount: bigint) =>
      billing.transaction(async (tx) => {
        const { taken, left } = await tx.invoices.receive(invoice.id, amount)
        const { customerId, currency } = invoice
        const source = `payment:${paymentId}`
        const rest = { customerId, currency, amount: left, source }
        if (left > 0n) await tx.credit.add({ ...rest, reason: 'overpayment' })
        await tx.journal.bookReceived({ invoice, paymentId, taken, left })
      })
    await note(1_000n)
    await proved()
    await pay('p1', 5_000n)
    await billing.invoices.writeOff(invoice.id)
    await proved()
    await pay('p2', 6_000n)
    await proved()
    await note(3_000n)
    await proved()
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000))
    await bill(billing)
    const [next] = (await billing.invoices.list()).items
    expect(next?.paid).toBeGreaterThan(0n)
    await proved()
    await billing.revenue.recognise()
    await proved()
    const [accounts] = await billing.journal.balances()
    expect(accounts).toMatchObject({ badDebt: 0n, cash: 11_000n })
  })

  test('finds credit that the journal does not know', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await billing.credit.add({ customerId, currency: 'EUR', amount: 500n, reason: 'grant' })
    expect(await billing.revenue.verify()).toMatchObject({ ok: true })
    await billing.credit.add({ customerId, currency: 'EUR', amount: 7n, reason: 'overpayment' })
    expect((await billing.revenue.verify()).differences).toEqual([
      {
        ...{ problem: 'credit_differs_from_balance', subject: `customer ${customerId}, EUR` },
        ...{ expected: 507n, actual: 500n },
      },
    ])
  })

  test('finds what was paid and not booked', async () => {
    const billing = await aTenant(services)
    await subscribe(billing, ['29.99'])
    const [invoice] = (await billing.invoices.list()).items
    await billing.invoices.receive(invoice?.id ?? '', 999n)
    expect((await billing.revenue.verify()).differences).toEqual([
      {
        ...{ problem: 'owed_differs_from_invoice', subject: `invoice ${invoice?.number}` },
        ...{ expected: 2_000n, actual: 2_999n },
      },
    ])
  })
})
