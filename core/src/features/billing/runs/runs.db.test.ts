import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { type Decimal, decimalOf, newId, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant, PLAN_TERMS } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { pricingPlugIns } from '../pricing/pricing-plug-in.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import { PARKED_MS } from './bill-batch.ts'
import { billDueSubscriptions } from './runs.jobs.ts'

let isBroken = true
const plugIns = pricingPlugIns().register('fragile', {
  check: () => undefined,
  price: ({ quantity }: { readonly quantity: Decimal }) => {
    if (isBroken) throw new TypeError('out of order')
    return { amount: decimalOf(quantity * 2n), explanation: 'twice' }
  },
})
const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({
  ...{ poolSize: 12, clock, billing: { pricingPlugIns: plugIns } },
})
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

async function aPublished(at: TenantBilling, terms: Partial<typeof PLAN_TERMS> = {}) {
  const { id } = await aPlan(at, terms)
  await at.plans.publish(id)
  return id
}

async function subscribe(at: TenantBilling, count: number, planId?: string): Promise<string[]> {
  const plan = planId ?? (await aPublished(at))
  const ids: string[] = []
  for (let made = 0; made < count; made++) {
    const { id: customerId } = await aCustomer(at)
    ids.push((await at.subscriptions.create({ customerId, planId: plan })).id)
  }
  return ids
}

/** Works on a run until nothing is left of it. */
async function finish(at: TenantBilling, runId: string): Promise<void> {
  for (;;) {
    const outcome = await at.runs.work(runId)
    if (outcome === 'over') return
    expect(['worked', 'busy']).toContain(outcome)
  }
}

async function invoicesOf(at: TenantBilling) {
  const all: Awaited<ReturnType<typeof at.invoices.list>>['items'] = []
  let cursor: string | undefined
  do {
    const page = await at.invoices.list({}, { limit: 100, cursor })
    all.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return all.toReversed()
}

async function expectOneEach(at: TenantBilling, subscriptions: readonly string[], bills: number) {
  const invoices = await invoicesOf(at)
  const named = invoices.map((invoice) => `${invoice.subscriptionId} ${invoice.billNumber}`)
  const wanted = subscriptions.flatMap((id) =>
    Array.from({ length: bills }, (_, index) => `${id} ${index + 1}`),
  )
  expect(named.toSorted()).toEqual(wanted.toSorted())
  const sequences = invoices.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b)
  expect(sequences).toEqual(sequences.map((_, index) => index + 1))
}

describe('a run', () => {
  test('that two workers share makes one invoice for each period, and nothing when repeated', async () => {
    const at = await aTenant(services)
    const subscriptions = await subscribe(at, 30)
    clock.set(new Date('2028-02-29T12:00:00Z'))
    const { id } = await at.runs.start()
    const other = services.billing.forTenant(at.tenantId)
    expect((await other.runs.start()).id).toBe(id)
    await Promise.all([finish(at, id), finish(other, id)])
    await expectOneEach(at, subscriptions, 2)
    expect(await at.runs.get(id)).toMatchObject({
      ...{ state: 'completed', invoices: 60, drafts: 0, due: 0, parked: 0 },
    })
    expect(await at.runs.work(id)).toBe('over')
    expect(await at.runs.workDue()).toBe(1)
    while ((await billDueSubscriptions.runDue(services)) > 0);
    await expectOneEach(at, subscriptions, 2)
  })

  test('that was torn down goes on where it was: nothing is half done', async () => {
    const at = await aTenant(services)
    const subscriptions = await subscribe(at, 3)
    const { id } = await at.runs.start()
    const torn = at.transaction(async (tx) => {
      expect(await tx.runs.work(id)).toBe('worked')
      expect((await tx.runs.get(id)).invoices).toBe(3)
      throw new Error('the process is gone')
    })
    await expect(torn).rejects.toThrow('the process is gone')
    expect(await at.runs.get(id)).toMatchObject({ invoices: 0, due: 3 })
    expect(await at.runs.work(id)).toBe('worked')
    expect(await at.runs.get(id)).toMatchObject({ state: 'billing', drafts: 3, due: 0 })
    await finish(services.billing.forTenant(at.tenantId), id)
    await expectOneEach(at, subscriptions, 1)
  })

  test('is not over while another worker holds some of its work', async () => {
    const at = await aTenant(services)
    await subscribe(at, 2)
    const { id } = await at.runs.start()
    await at.transaction(async (tx) => {
      expect(await tx.runs.work(id)).toBe('worked')
      expect(await at.runs.work(id)).toBe('busy')
    })
    expect(await at.runs.work(id)).toBe('worked')
    await finish(at, id)
  })

  test('never bills a period twice, even where the subscription was set back', async () => {
    const at = await aTenant(services)
    const [subscription = ''] = await subscribe(at, 1)
    await finish(at, (await at.runs.start()).id)
    await at.transaction(async ({ repos }) => {
      const now = clock.now()
      const back = { periodIndex: 0, billCount: 0, nextBillingAt: now, dueAt: now }
      await repos.subscriptions.update(subscription, back)
    })
    await finish(at, (await at.runs.start()).id)
    expect(await invoicesOf(at)).toHaveLength(1)
    const parked = await at.subscriptions.get(subscription)
    expect(parked.parkedReason).toBe('database: 23505 billing_invoice_bill_key')
    await at.transaction(async ({ repos }) => {
      const now = clock.now()
      await repos.subscriptions.update(subscription, {
        billCount: 7,
        nextBillingAt: now,
        dueAt: now,
      })
    })
    await finish(at, (await at.runs.start()).id)
    expect((await at.subscriptions.get(subscription)).parkedReason).toBe(
      'database: 23505 billing_invoice_line_charge_key',
    )
    expect(await invoicesOf(at)).toHaveLength(1)
  })

  test('parks what a broken plug-in cannot price, names it, and bills it once it is mended', async () => {
    const at = await aTenant(services)
    const charge = { key: 'odd', title: 'Odd', model: 'custom', when: 'advance' } as const
    const charges = [{ ...charge, plugIn: 'fragile' }]
    const [broken = ''] = await subscribe(at, 1, await aPublished(at, { charges }))
    const sound = await subscribe(at, 2)
    const preview = await at.runs.preview()
    expect(preview).toMatchObject({ invoices: 2, parked: [{ subscriptionId: broken }] })
    const { id } = await at.runs.start()
    await finish(at, id)
    await expectOneEach(at, sound, 1)
    expect(await at.runs.get(id)).toMatchObject({ state: 'completed', parked: 1 })
    const { items } = await at.subscriptions.list({ isParked: true })
    expect(items).toMatchObject([{ id: broken, parkedAt: clock.now() }])
    expect(items[0]?.parkedReason).toMatch(/^billing\.plug_in_broken: .*fragile/)
    isBroken = false
    expect(await at.runs.workDue()).toBe(1)
    expect(await invoicesOf(at)).toHaveLength(2)
    clock.advance(PARKED_MS)
    while ((await billDueSubscriptions.runDue(services)) > 0);
    await expectOneEach(at, [broken, ...sound], 1)
    expect((await at.subscriptions.get(broken)).parkedReason).toBeNull()
    isBroken = true
  })

  test('parks what is billed by a meter that is gone, and bills the others', async () => {
    const at = await aTenant(services)
    const charge = { key: 'gb', title: 'Traffic', model: 'per_unit', when: 'arrears' } as const
    const charges = [...PLAN_TERMS.charges, { ...charge, meter: 'gone', rate: '1' }]
    const meter = { code: 'gone', name: 'Gone', unit: 'GB', aggregation: 'count' } as const
    await at.meters.create(meter)
    const [wrong = ''] = await subscribe(at, 1, await aPublished(at, { charges }))
    await owner.query('delete from gramkit.billing_meter where tenant_id = $1', [at.tenantId])
    const [sound = ''] = await subscribe(at, 1)
    await finish(at, (await at.runs.start()).id)
    clock.set(new Date('2028-03-31T12:00:00Z'))
    expect(await at.runs.preview()).toMatchObject({ parked: [{ subscriptionId: wrong }] })
    await finish(at, (await at.runs.start()).id)
    expect(await at.subscriptions.get(wrong)).toMatchObject({ billCount: 1 })
    expect((await at.subscriptions.get(wrong)).parkedReason).toMatch('not_found')
    expect((await at.subscriptions.get(sound)).billCount).toBeGreaterThan(1)
  })

  test('takes a coupon that is worth one invoice off one, though two are made at once', async () => {
    const at = await aTenant(services)
    const planId = await aPublished(at)
    const { id: customerId } = await aCustomer(at)
    await at.coupons.create({ code: 'ONE', name: 'One', percent: '100', duration: 'once' })
    await at.subscriptions.create({ customerId, planId, coupon: 'ONE' })
    await at.subscriptions.create({ customerId, planId })
    await finish(at, (await at.runs.start()).id)
    const totals = (await invoicesOf(at)).map(({ total, state }) => [state, total])
    expect(totals).toEqual([
      ['paid', 0n],
      ['finalized', 2999n],
    ])
  })
})

describe('a preview', () => {
  test('says what would be billed, missed periods included, and writes nothing', async () => {
    const at = await aTenant(services)
    const [subscription = ''] = await subscribe(at, 2)
    clock.set(new Date('2028-05-31T12:00:00Z'))
    const before = await at.subscriptions.get(subscription)
    const preview = await at.runs.preview({ approvalThreshold: 10_000n })
    expect(preview).toMatchObject({ invoices: 6, parked: [], needsApproval: true })
    expect([...preview.totals]).toEqual([['EUR', 6n * 2999n]])
    expect(await at.subscriptions.get(subscription)).toEqual(before)
    expect(await invoicesOf(at)).toEqual([])
    expect((await at.runs.list()).items).toEqual([])
    await finish(at, (await at.runs.start()).id)
    expect((await invoicesOf(at)).reduce((sum, { total }) => sum + total, 0n)).toBe(6n * 2999n)
  })
})

describe('a preview of what coupons take off', () => {
  test('takes no coupon off more invoices than it is worth, whoever is billed by them', async () => {
    const at = await aTenant(services)
    const planId = await aPublished(at)
    const { id: customerId } = await aCustomer(at)
    const twice = { percent: '50', duration: 'repeating', invoices: 2 } as const
    await at.coupons.create({ code: 'TWICE', name: 'Twice', ...twice })
    await at.subscriptions.create({ customerId, planId, coupon: 'TWICE' })
    await at.subscriptions.create({ customerId, planId })
    clock.set(new Date(clock.now().getTime() + 62 * 86_400_000))
    const preview = await at.runs.preview()
    await finish(at, (await at.runs.start()).id)
    const invoices = await invoicesOf(at)
    expect(preview.invoices).toBe(invoices.length)
    const total = invoices.reduce((sum, invoice) => sum + invoice.total, 0n)
    expect([...preview.totals]).toEqual([['EUR', total]])
  })
})

test('a draft of a run is not thrown away, as its period would never be billed', async () => {
  const at = await aTenant(services)
  const subscriptions = await subscribe(at, 1)
  const { id } = await at.runs.start()
  await at.runs.work(id)
  const [draft] = await invoicesOf(at)
  const discarded = at.invoices.discard(draft?.id ?? '')
  await expect(discarded).rejects.toMatchObject({ code: 'billing.draft_of_run' })
  await finish(at, id)
  await expectOneEach(at, subscriptions, 1)
})

test('however many start a run at once, there is one', async () => {
  const at = await aTenant(services)
  const subscriptions = await subscribe(at, 1)
  const runs = await Promise.all(
    [null, 0n, null, 0n].map((approvalThreshold) => at.runs.start({ approvalThreshold })),
  )
  const [id = '', ...others] = new Set(runs.map((run) => run.id))
  expect(others).toEqual([])
  if (runs[0]?.state === 'waiting') await at.runs.approve(id)
  await finish(at, id)
  await expectOneEach(at, subscriptions, 1)
})

describe('approval', () => {
  test('is asked for before anything is written, and a rejected run leaves nothing behind', async () => {
    const at = await aTenant(services)
    const subscriptions = await subscribe(at, 2)
    const { id, state } = await at.runs.start({ approvalThreshold: 5997n })
    expect(state).toBe('waiting')
    expect(await at.runs.work(id)).toBe('waiting')
    while ((await billDueSubscriptions.runDue(services)) > 0);
    expect((await at.runs.reject(id)).state).toBe('rejected')
    await expect(at.runs.approve(id)).rejects.toMatchObject({ code: 'billing.run_refuses' })
    while ((await billDueSubscriptions.runDue(services)) > 0);
    expect(await invoicesOf(at)).toEqual([])
    const again = await at.runs.start({ approvalThreshold: 5998n })
    expect(again.state).toBe('billing')
    await finish(at, again.id)
    await expectOneEach(at, subscriptions, 1)
  })

  test('is asked for by a run that starts by itself above the threshold of its tenant', async () => {
    const at = await aTenant(services, { approvalThreshold: 5_997n })
    const subscriptions = await subscribe(at, 2)
    while ((await billDueSubscriptions.runDue(services)) > 0);
    expect(await invoicesOf(at)).toEqual([])
    const [run] = (await at.runs.list()).items
    expect(run).toMatchObject({ state: 'waiting', approvalThreshold: 5_997n })
    expect(await at.runs.preview()).toMatchObject({ needsApproval: true })
    expect(await at.runs.preview({ approvalThreshold: null })).toMatchObject({
      needsApproval: false,
    })
    await at.runs.approve(run?.id ?? '')
    while ((await billDueSubscriptions.runDue(services)) > 0);
    await expectOneEach(at, subscriptions, 1)
  })

  test('lets a run go on, and is asked for amounts of other currencies as well', async () => {
    const at = await aTenant(services)
    const planId = await aPublished(at, { currency: 'JPY' })
    const { id: customerId } = await aCustomer(at, { currency: 'JPY' })
    const subscription = await at.subscriptions.create({ customerId, planId })
    const { id, state } = await at.runs.start({ approvalThreshold: 1_000_000n })
    expect(state).toBe('waiting')
    const operator = services.billing.forTenant(at.tenantId, { actor: newId() })
    expect(await operator.runs.approve(id)).toMatchObject({ decidedBy: operator.caller.actor })
    await finish(at, id)
    await expectOneEach(at, [subscription.id], 1)
    expect((await invoicesOf(at))[0]).toMatchObject({ currency: 'JPY', total: 30n })
  })
})

test('a tenant whose run fails holds up no other, and the failure is told', async () => {
  const broken = await aTenant(services)
  await subscribe(broken, 1)
  const { id } = await broken.runs.start()
  expect(await broken.runs.work(id)).toBe('worked')
  await owner.query('begin')
  await owner.query(`set local session_replication_role = 'replica'`)
  const tampered = 'update gramkit.billing_invoice_line set net = net + 1 where tenant_id = $1'
  await owner.query(tampered, [broken.tenantId])
  await owner.query('commit')
  const sound = await aTenant(services)
  const subscriptions = await subscribe(sound, 2)
  expect(broken.tenantId < sound.tenantId).toBe(true)
  const untilNothing = async () => {
    while ((await billDueSubscriptions.runDue(services)) > 0);
  }
  await expect(untilNothing()).rejects.toThrow()
  await expectOneEach(sound, subscriptions, 1)
  await broken.transaction((tx) => tx.repos.runs.update(id, { state: 'rejected' }))
})

test('what a subscription cost is not written anew', async () => {
  const at = await aTenant(services)
  await subscribe(at, 1)
  const change = sql`update gramkit.billing_subscription_revision set quantity = 9`
  const refused = at.transaction(({ core }) => core.repos.db.execute(change))
  await expect(refused).rejects.toMatchObject({ cause: { code: '42501' } })
})
