import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { aCustomer, aPlan, aTenant, PLAN_TERMS } from '../../testing/billing.ts'
import { peopleOfAMerge } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { API_KEYS_MAX, API_SCOPES, type ApiKeyInput, requireScope } from './api-keys/api-key.ts'
import { billingPart } from './person-part.ts'
import type { TenantBilling } from './tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-31T22:30:00Z'))
const { database, services, close } = await testPlatform({ clock, poolSize: 12 })
const owner = new pg.Client(database.ownerUrl)
let billing: TenantBilling = await aTenant(services)

beforeAll(() => owner.connect())

beforeEach(async () => {
  billing = await aTenant(services, { timeZone: 'Europe/Berlin' })
})

afterAll(async () => {
  await owner.end()
  await close()
})

/** How many rows a table has of the tenant, as the owner counts. */
async function countRows(table: string): Promise<number> {
  const { rows } = await owner.query(
    `select count(*)::int as count from gramkit.${table} where tenant_id = $1`,
    [billing.tenantId],
  )
  return rows[0].count
}

describe('a customer', () => {
  test('gets currency and time zone of the tenant where none is given', async () => {
    const email = 'John@Example.COM'
    const made = await billing.customers.create({ code: 'CUST001', name: 'John Doe', email })
    expect(made).toMatchObject({
      ...{ email: 'john@example.com', currency: 'EUR', timeZone: 'Europe/Berlin' },
      ...{ paymentTermsDays: null, autoCharge: false, userId: null },
    })
    expect(await billing.customers.get(made.id)).toEqual(made)
    expect(await billing.customers.getByCode('CUST001')).toEqual(made)
  })

  test('has a code that is free in its tenant, and may be taken in another', async () => {
    await aCustomer(billing, { code: 'CUST001' })
    const again = aCustomer(billing, { code: 'CUST001' })
    await expect(again).rejects.toMatchObject({ code: 'billing.code_taken' })
    await aCustomer(await aTenant(services), { code: 'CUST001' })
  })

  test.each([
    [{ name: 'x'.repeat(500) }, 'name'],
    [{ name: 'two\nlines' }, 'name'],
    [{ company: 'я'.repeat(201) }, 'company'],
    [{ email: 'nobody' }, 'email'],
    [{ code: 'with space' }, 'code'],
    [{ address: Array(7).fill('line') }, 'address'],
    [{ address: ['x'.repeat(201)] }, 'address.0'],
    [{ country: 'de' }, 'country'],
    [{ region: 'California' }, 'region'],
    [{ country: 'RU', taxId: '7707083894' }, 'taxId'],
    [{ country: 'DE', taxId: '7707083893' }, 'taxId'],
    [{ currency: 'BTC' }, 'currency'],
    [{ timeZone: '+03:00' }, 'timeZone'],
    [{ paymentTermsDays: 366 }, 'paymentTermsDays'],
    [{ paymentTermsDays: 1.5 }, 'paymentTermsDays'],
    [{ userId: 'ada' }, 'userId'],
  ])('with %o is refused with a clear word, and nothing is stored', async (wrong, field) => {
    const { id } = await aCustomer(billing)
    const before = await billing.customers.get(id)
    const given = { code: 'wrong', name: 'Wrong', ...wrong } as never
    const refusal = { code: 'kernel.invalid_value', details: { field } }
    await expect(billing.customers.create(given)).rejects.toMatchObject(refusal)
    await expect(billing.customers.update(id, wrong as never)).rejects.toMatchObject(refusal)
    expect(await billing.customers.get(id)).toEqual(before)
    expect(await countRows('billing_customer')).toBe(1)
  })

  test('keeps a name of 200 characters, whatever they are', async () => {
    const name = '🧾'.repeat(200)
    expect((await aCustomer(billing, { name })).name).toBe(name)
  })

  test('is no user who is not there', async () => {
    const made = aCustomer(billing, { userId: newId() })
    await expect(made).rejects.toMatchObject({ code: 'kernel.not_found' })
  })

  test('is found by a part of what it is called, page by page', async () => {
    for (const name of ['Ada Lovelace', 'Bob 100%', 'Ada Yonath', 'Grace']) {
      await aCustomer(billing, { name })
    }
    const names = async (search: string): Promise<string[]> => {
      const first = await billing.customers.list({ search }, { limit: 1 })
      const cursor = first.nextCursor ?? undefined
      const second = cursor ? await billing.customers.list({ search }, { cursor }) : { items: [] }
      return [...first.items, ...second.items].map(({ name }) => name)
    }
    expect(await names('ada')).toEqual(['Ada Lovelace', 'Ada Yonath'])
    expect(await names('0%')).toEqual(['Bob 100%'])
    expect(await names('_')).toEqual([])
    const tooLong = billing.customers.list({ search: 'x'.repeat(101) })
    await expect(tooLong).rejects.toMatchObject({ details: { field: 'search' } })
  })
})

test('a customer keeps its currency from its first invoice or subscription on', async () => {
  const billing = await aTenant(services)
  const { id } = await aCustomer(billing)
  expect((await billing.customers.update(id, { currency: 'USD' })).currency).toBe('USD')
  await billing.invoices.draft({ customerId: id, lines: [{ title: 'Work', unitPrice: '1' }] })
  await expect(billing.customers.update(id, { currency: 'EUR' })).rejects.toMatchObject({
    details: { field: 'currency', problem: 'is USD for as long as it is billed' },
  })
  await expect(billing.customers.update(id, { name: 'Ada' })).resolves.toMatchObject({
    ...{ name: 'Ada', currency: 'USD' },
  })
})

describe('a customer who is a user', () => {
  let userId = ''
  let guestId = ''

  beforeEach(async () => {
    ;({ userId, guestId } = await peopleOfAMerge(services))
  })

  test('is the user’s after a merge, in every tenant', async () => {
    const other = await aTenant(services)
    for (const tenant of [billing, other]) await aCustomer(tenant, { userId: guestId })
    await services.transaction((tx) => billingPart.merge(tx, { guestId, userId, round: 0 }))
    for (const tenant of [billing, other]) {
      expect((await tenant.customers.list({ userId })).items).toHaveLength(1)
      expect((await tenant.customers.list({ userId: guestId })).items).toEqual([])
    }
  })

  test('is exported with what they pay with, without what a gateway calls it', async () => {
    const { id: customerId } = await aCustomer(billing, { userId, name: 'Ada' })
    const saved = { customerId, gateway: 'stripe', savedMethodId: 'pm_secret', label: 'Visa 4242' }
    await billing.paymentMethods.add(saved)
    const { id: planId } = await aPlan(billing)
    await billing.plans.publish(planId)
    const { id } = await billing.subscriptions.create({ customerId, planId })
    const facts = await services.transaction((tx) => billingPart.export(tx, userId))
    expect(facts).toMatchObject({
      customers: [
        {
          name: 'Ada',
          paymentMethods: [{ label: 'Visa 4242' }],
          subscriptions: [{ id, status: 'active' }],
        },
      ],
    })
    const written = JSON.stringify(facts, (_, value) => (typeof value === 'bigint' ? '' : value))
    expect(written).not.toContain('pm_secret')
  })

  test('is nobody after an erasure; a company stays, without who spoke for it', async () => {
    const person = { userId, name: 'Ada', email: 'ada@example.org', address: ['Street 1'] }
    const { id: personId } = await aCustomer(billing, person)
    const company = { company: 'Ada GmbH', country: 'DE', taxId: 'DE136695976' }
    const { id: companyId } = await aCustomer(billing, { ...person, ...company })
    const saved = { gateway: 'stripe', savedMethodId: 'pm_1', label: 'Visa of Ada' }
    await billing.paymentMethods.add({ ...saved, customerId: personId })
    await services.transaction((tx) => billingPart.erase(tx, userId))
    const gone = { email: null, userId }
    expect(await billing.customers.get(personId)).toMatchObject({
      ...{ ...gone, name: 'erased', address: [] },
    })
    expect(await billing.customers.get(companyId)).toMatchObject({
      ...{ ...gone, ...company, name: 'Ada GmbH', address: ['Street 1'] },
    })
    expect(await billing.paymentMethods.list(personId)).toEqual([])
    const { rows } = await owner.query(
      `select to_jsonb(m)::text || (select string_agg(facts::text, '') from gramkit.audit_entry
         where stream = 'tenant:' || m.tenant_id) as kept
       from gramkit.billing_payment_method m where tenant_id = $1`,
      [billing.tenantId],
    )
    expect(rows[0].kept).not.toMatch(/Ada|pm_1|example\.org|Street/)
  })
})

describe('an API key', () => {
  const scopes: ApiKeyInput['scopes'] = ['customers:read', 'plans:write', 'customers:read']
  const authenticate = (key: string) => services.billing.authenticate(key)
  const refusal = { code: 'billing.api_key_invalid' }

  test('speaks for its tenant with its scopes, and is shown once', async () => {
    const { key, ...made } = await billing.apiKeys.create({ name: 'Shop', scopes })
    const grant = await authenticate(key)
    expect(grant).toEqual({
      ...{ tenantId: billing.tenantId, keyId: made.id, expiresAt: null },
      scopes: ['customers:read', 'plans:write'],
    })
    expect(() => requireScope(grant, 'customers:read')).not.toThrow()
    expect(() => requireScope(grant, 'customers:write')).toThrow('lacks the scope customers:write')
    const { items } = await billing.apiKeys.list()
    expect(items).toMatchObject([{ id: made.id, ending: key.slice(-4) }])
    const { rows } = await owner.query(
      `select (select jsonb_agg(k)::text from gramkit.billing_api_key k)
         || (select jsonb_agg(e)::text from gramkit.audit_entry e) as kept`,
    )
    expect(rows[0].kept).not.toContain(key)
    expect(JSON.stringify(items)).not.toMatch(/"hash":|[0-9a-f]{64}/)
  })

  test('that is unknown, revoked, expired or none gets one answer', async () => {
    const revoked = await billing.apiKeys.create({ name: 'Revoked', scopes })
    await billing.apiKeys.revoke(revoked.id)
    await billing.apiKeys.revoke(revoked.id)
    const expiresAt = new Date(clock.now().getTime() + DAY_MS)
    const expiring = await billing.apiKeys.create({ name: 'Expiring', scopes, expiresAt })
    await authenticate(expiring.key)
    clock.set(expiresAt)
    const answers = await Promise.all(
      [revoked.key, expiring.key, `${revoked.key}x`, '', 'gramkit_', '\u0000'].map((key) =>
        authenticate(key).catch(({ code, kind, message, details }) => ({
          ...{ code, kind, message, details },
        })),
      ),
    )
    expect(answers[0]).toMatchObject(refusal)
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('knows the last day of its use where the tenant is, written once a day', async () => {
    clock.set(new Date('2028-03-31T22:30:00Z'))
    const { key } = await billing.apiKeys.create({ name: 'Shop', scopes })
    const lastUsedOn = async () => (await billing.apiKeys.list()).items[0]?.lastUsedOn
    expect(await lastUsedOn()).toBeNull()
    await authenticate(key)
    expect(await lastUsedOn()).toBe('2028-04-01')
    const version = `select xmin::text from gramkit.billing_api_key where tenant_id = $1`
    const before = await owner.query(version, [billing.tenantId])
    await authenticate(key)
    expect((await owner.query(version, [billing.tenantId])).rows).toEqual(before.rows)
  })

  test('gives no right that it lacks itself', async () => {
    const { key } = await billing.apiKeys.create({ name: 'Maker', scopes: ['api-keys:write'] })
    const grant = await authenticate(key)
    const caller = { actor: `key:${grant.keyId}`, grant }
    const { apiKeys } = services.billing.forTenant(billing.tenantId, caller)
    const more = apiKeys.create({ name: 'More', scopes: ['api-keys:write', 'customers:read'] })
    await expect(more).rejects.toMatchObject({ code: 'billing.scope_missing' })
    await apiKeys.create({ name: 'As much', scopes: ['api-keys:write'] })
  })

  test('gives no right for longer than it works itself', async () => {
    const own = { scopes: ['api-keys:write'] } satisfies Partial<ApiKeyInput>
    const expiresAt = new Date(clock.now().getTime() + DAY_MS)
    const { key } = await billing.apiKeys.create({ ...own, name: 'Maker', expiresAt })
    const grant = await authenticate(key)
    const caller = { actor: `key:${grant.keyId}`, grant }
    const { apiKeys } = services.billing.forTenant(billing.tenantId, caller)
    const later = new Date(expiresAt.getTime() + 1)
    for (const end of [{}, { expiresAt: null }, { expiresAt: later }]) {
      const longer = apiKeys.create({ ...own, ...end, name: 'Longer' })
      await expect(longer).rejects.toMatchObject({ details: { field: 'expiresAt' } })
    }
    await apiKeys.create({ ...own, name: 'As long', expiresAt })
  })

  test.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['everything'] }, 'scopes.0'],
    [{ name: 'x'.repeat(101) }, 'name'],
  ])('with %o is not made', async (wrong, field) => {
    const made = billing.apiKeys.create({ name: 'Shop', scopes, ...wrong } as never)
    await expect(made).rejects.toMatchObject({ details: { field } })
  })

  test('is one of a hundred, however many are made at once', async () => {
    await owner.query(
      `insert into gramkit.billing_api_key (tenant_id, id, name, hash, ending, scopes, created_at)
       select $1, gen_random_uuid(), 'Old', encode(sha256(n::text::bytea), 'hex'), '0000', $2, now()
       from generate_series(2, $3) n`,
      [billing.tenantId, API_SCOPES, API_KEYS_MAX],
    )
    const made = await Promise.allSettled(
      Array.from({ length: 4 }, () => billing.apiKeys.create({ name: 'New', scopes })),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await countRows('billing_api_key')).toBe(API_KEYS_MAX)
  })
})

const [FLAT] = PLAN_TERMS.charges

describe('a plan', () => {
  test('is drafted, published, and drafted again; versions count from 1', async () => {
    const plan = await aPlan(billing, { code: 'BASIC' })
    expect(plan).toMatchObject({ current: null, draft: { number: 1, publishedAt: null } })
    await billing.plans.draft(plan.id, { ...PLAN_TERMS, trialDays: 14 })
    const first = await billing.plans.publish(plan.id)
    expect(first).toMatchObject({ number: 1, trialDays: 14, publishedAt: clock.now() })
    const nothing = billing.plans.publish(plan.id)
    await expect(nothing).rejects.toMatchObject({ code: 'billing.nothing_to_publish' })
    await billing.plans.draft(plan.id, { ...PLAN_TERMS, setupFee: 100n })
    const view = await billing.plans.getByCode('BASIC')
    expect(view).toMatchObject({ current: first, draft: { number: 2, setupFee: 100n } })
    expect(await billing.plans.listVersions(plan.id)).toEqual([view.draft, first])
    await billing.plans.publish(plan.id)
    expect(await billing.plans.getVersion(first.id)).toEqual(first)
  })

  test('has one draft, however many begin one at once', async () => {
    const { id } = await aPlan(billing)
    await billing.plans.publish(id)
    await Promise.all(Array.from({ length: 4 }, () => billing.plans.draft(id, PLAN_TERMS)))
    expect((await billing.plans.listVersions(id)).map(({ number }) => number)).toEqual([2, 1])
  })

  test.each([
    'update gramkit.billing_plan_version set trial_days = 1 where id = $1',
    'update gramkit.billing_plan_version set published_at = null where id = $1',
    'delete from gramkit.billing_plan_version where id = $1',
  ])('keeps a published version from its owner as well: %s', async (statement) => {
    const { id } = await aPlan(billing)
    const version = await billing.plans.publish(id)
    await expect(owner.query(statement, [version.id])).rejects.toMatchObject({ code: '23001' })
    expect(await billing.plans.getVersion(version.id)).toEqual(version)
  })

  test('that is archived is begun by nobody, and stays what it was', async () => {
    const { id } = await aPlan(billing)
    const version = await billing.plans.publish(id)
    await billing.plans.archive(id)
    await billing.plans.archive(id)
    const drafted = billing.plans.draft(id, PLAN_TERMS)
    await expect(drafted).rejects.toMatchObject({ code: 'billing.plan_archived' })
    expect((await billing.plans.list()).items).toEqual([])
    expect((await billing.plans.list({ which: 'all' })).items).toMatchObject([{ id }])
    expect(await billing.plans.getVersion(version.id)).toEqual(version)
  })

  test('takes no parameters of a plug-in that are too deep or too long', async () => {
    const billing = await aTenant(services)
    let deep: object = {}
    for (let level = 0; level < 5_000; level++) deep = { deep }
    const long = { text: 'x'.repeat(10_000) }
    for (const parameters of [{ deep }, long]) {
      const charge = { key: 'odd', title: 'Odd', model: 'custom', when: 'advance' } as const
      const charges = [{ ...charge, plugIn: 'none', parameters }] as never
      const made = billing.plans.create({ ...PLAN_TERMS, code: 'ODD', name: 'Odd', charges })
      await expect(made).rejects.toMatchObject({
        code: 'kernel.invalid_value',
        details: { problem: expect.stringMatching(/nested deeper|too long/) },
      })
    }
    expect((await billing.plans.list({ which: 'all' })).items).toEqual([])
  })

  test('is priced by no plug-in that nobody registered', async () => {
    const charge = {
      key: 'a',
      title: 'A',
      model: 'custom',
      when: 'arrears',
      plugIn: 'mine',
    } as const
    const made = aPlan(billing, { charges: [charge] })
    await expect(made).rejects.toMatchObject({ code: 'billing.unknown_plug_in' })
  })

  test('is renamed to a code that is free', async () => {
    const { id } = await aPlan(billing, { code: 'ONE' })
    await aPlan(billing, { code: 'TWO' })
    expect(await billing.plans.rename(id, { name: 'First' })).toMatchObject({
      code: 'ONE',
      name: 'First',
    })
    const taken = billing.plans.rename(id, { code: 'TWO' })
    await expect(taken).rejects.toMatchObject({ code: 'billing.code_taken' })
  })

  test.each([
    [{ name: 'x'.repeat(500) }, 'name'],
    [{ cycle: 'daily' }, 'cycle'],
    [{ currency: 'BTC' }, 'currency'],
    [{ trialDays: 731 }, 'trialDays'],
    [{ setupFee: -1n }, 'setupFee'],
    [{ charges: [] }, 'charges'],
    [{ charges: [{ ...FLAT, rate: '-1' }] }, 'charges.0.rate'],
    [{ colour: 'red' }, 'colour'],
  ])('with %o is not made', async (wrong, field) => {
    const made = aPlan(billing, wrong as never)
    await expect(made).rejects.toMatchObject({ details: { field } })
    expect(await countRows('billing_plan')).toBe(0)
  })
})

describe('a coupon', () => {
  const half = { name: 'Half', percent: '50', duration: 'once' } as const
  const customers = (count: number) =>
    Promise.all(Array.from({ length: count }, () => aCustomer(billing)))
  const running = (customerId: string) =>
    billing.transaction(({ repos }) => repos.couponRedemptions.listRunning([customerId]))

  test('is redeemed as often as its limit says, however many redeem at once', async () => {
    const { id } = await billing.coupons.create({ ...half, code: 'HALF', redemptionMax: 3 })
    const redeemed = await Promise.allSettled(
      (await customers(8)).map((customer) => billing.coupons.redeem('HALF', customer.id)),
    )
    const refused = redeemed.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(5)
    for (const one of refused)
      expect(one).toMatchObject({ reason: { details: { reason: 'exhausted' } } })
    expect(await countRows('billing_coupon_redemption')).toBe(3)
    expect(await billing.coupons.get(id)).toMatchObject({ redemptionCount: 3, planIds: [] })
  })

  test('is redeemed by a customer once', async () => {
    await billing.coupons.create({ ...half, code: 'HALF' })
    const { id } = await aCustomer(billing)
    const redeemed = await Promise.allSettled(
      Array.from({ length: 4 }, () => billing.coupons.redeem('HALF', id)),
    )
    expect(redeemed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await billing.coupons.listRedemptions(id)).toHaveLength(1)
    const again = billing.coupons.redeem('HALF', id)
    await expect(again).rejects.toMatchObject({ details: { reason: 'already_redeemed' } })
  })

  test('is valid from the first to the last of its days where the tenant is', async () => {
    const days = { validFromOn: '2028-12-01', validUntilOn: '2028-12-02' }
    await billing.coupons.create({ ...half, ...days, code: 'DAYS' })
    const redeem = async () => billing.coupons.redeem('DAYS', (await aCustomer(billing)).id)
    clock.set(new Date('2028-11-30T22:59:00Z'))
    await expect(redeem()).rejects.toMatchObject({ details: { reason: 'not_yet_valid' } })
    clock.set(new Date('2028-11-30T23:00:00Z'))
    await redeem()
    clock.set(new Date('2028-12-02T22:59:00Z'))
    await redeem()
    clock.set(new Date('2028-12-02T23:00:00Z'))
    await expect(redeem()).rejects.toMatchObject({ details: { reason: 'not_valid_any_more' } })
  })

  test('that is archived stays with whoever has it', async () => {
    const { id } = await billing.coupons.create({ ...half, code: 'OLD' })
    const [has, wants] = await customers(2)
    await billing.coupons.redeem('OLD', has?.id ?? '')
    await billing.coupons.archive(id)
    const late = billing.coupons.redeem('OLD', wants?.id ?? '')
    await expect(late).rejects.toMatchObject({ details: { reason: 'archived' } })
    expect(await running(has?.id ?? '')).toMatchObject([{ coupon: { code: 'OLD' } }])
  })

  test('of an amount is for customers of its currency', async () => {
    const amount = { percent: null, amount: 500n, currency: 'USD' } as const
    await billing.coupons.create({ ...half, ...amount, code: 'FIVE' })
    const redeemed = billing.coupons.redeem('FIVE', (await aCustomer(billing)).id)
    await expect(redeemed).rejects.toMatchObject({ details: { reason: 'other_currency' } })
    await billing.coupons.redeem('FIVE', (await aCustomer(billing, { currency: 'USD' })).id)
  })

  test.each([
    ['once', null, 1],
    ['repeating', 3, 3],
    ['forever', null, Number.POSITIVE_INFINITY],
  ] as const)(
    'that lasts %s (%s) takes something off %s invoices',
    async (duration, invoices, most) => {
      const plan = await aPlan(billing)
      await billing.coupons.create({
        ...half,
        code: 'LAST',
        duration,
        invoices,
        planIds: [plan.id],
      })
      const { id } = await aCustomer(billing)
      const { id: redemptionId } = await billing.coupons.redeem('LAST', id)
      const count = () =>
        billing.transaction(({ repos }) => repos.couponRedemptions.countInvoices([redemptionId]))
      for (let made = 0; made < Math.min(most, 5); made++) {
        expect(await running(id)).toMatchObject([{ redemptionId, planIds: [plan.id] }])
        await count()
      }
      if (most > 5) return
      expect(await running(id)).toEqual([])
      await expect(count()).rejects.toMatchObject({
        cause: { constraint: 'billing_coupon_redemption_invoices_check' },
      })
    },
  )

  test.each([
    [{ percent: null }, 'percent'],
    [{ amount: 1n }, 'percent'],
    [{ percent: '0' }, 'percent'],
    [{ percent: '100.1' }, 'percent'],
    [{ percent: '1e1' }, 'percent'],
    [{ percent: null, amount: 0n, currency: 'EUR' }, 'amount'],
    [{ percent: null, amount: 1n }, 'currency'],
    [{ duration: 'repeating' }, 'invoices'],
    [{ invoices: 2 }, 'invoices'],
    [{ redemptionMax: 0 }, 'redemptionMax'],
    [{ validFromOn: '2028-02-30' }, 'validFromOn'],
    [{ validFromOn: '2028-02-02', validUntilOn: '2028-02-01' }, 'validUntilOn'],
  ])('with %o is not made', async (wrong, field) => {
    const made = billing.coupons.create({ ...half, code: 'WRONG', ...wrong } as never)
    await expect(made).rejects.toMatchObject({ details: { field } })
  })

  test('names plans that are there', async () => {
    const made = billing.coupons.create({ ...half, code: 'PLAN', planIds: [newId()] })
    await expect(made).rejects.toMatchObject({ code: 'kernel.not_found' })
    expect(await countRows('billing_coupon')).toBe(0)
  })

  test('is changed by nobody in what it takes off', async () => {
    await billing.coupons.create({ ...half, code: 'HALF' })
    const work = billing.transaction(({ core }) =>
      core.repos.db.execute('update gramkit.billing_coupon set redemption_count = 0'),
    )
    await expect(work).rejects.toMatchObject({ cause: { code: '42501' } })
  })
})

describe('a payment method', () => {
  const saved = { gateway: 'stripe', label: 'Visa •• 4242' }

  test('is kept once, the first as the default, however often it is told', async () => {
    const { id: customerId } = await aCustomer(billing)
    const add = (savedMethodId: string) =>
      billing.paymentMethods.add({ ...saved, customerId, savedMethodId })
    const same = await Promise.all(Array.from({ length: 4 }, () => add('pm_1')))
    expect(new Set(same.map(({ id }) => id)).size).toBe(1)
    const second = await add('pm_2')
    expect(await billing.paymentMethods.list(customerId)).toMatchObject([
      { savedMethodId: 'pm_1', isDefault: true },
      { savedMethodId: 'pm_2', isDefault: false },
    ])
    await billing.paymentMethods.setDefault(second.id)
    await billing.paymentMethods.remove(same[0]?.id ?? '')
    expect(await billing.paymentMethods.list(customerId)).toMatchObject([
      { savedMethodId: 'pm_2', isDefault: true },
    ])
    const removed = billing.paymentMethods.setDefault(same[0]?.id ?? '')
    await expect(removed).rejects.toMatchObject({ code: 'kernel.not_found' })
  })
})
