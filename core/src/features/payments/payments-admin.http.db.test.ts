import { startSandbox } from '@gramkit/sandbox'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { newId, VirtualClock } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { testApi } from '../../testing/api.ts'
import { aPerson } from '../../testing/people.ts'
import type { Fulfilment } from './fulfilment.ts'
import type { Payment } from './payment.ts'

const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-shop' }
const given: Fulfilment<unknown> = { async fulfil() {}, async reverse() {} }

const sandbox = await startSandbox({ shops: [{ ...SHOP, receipts: 'email' }] })
const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const { aGuest, ask, close, services } = await testApi({
  clock,
  yookassa: {
    ...SHOP,
    apiRoot: `${sandbox.url}/sandbox/yookassa/v3`,
    receipts: { contact: 'email' },
  },
  returnUrls: ['https://shop.example/'],
  fulfilments: { piece: given },
  products: (['automatic', 'manual'] as const).map((capture) => ({
    id: capture,
    kind: 'piece',
    goods: 'physical',
    title: 'Painting',
    description: 'Sent by post.',
    prices: { RUB: 500_000n },
    capture,
    tax: {
      ...{ vatCode: 1, subject: 'commodity', mode: 'full_prepayment', measure: 'piece' },
      description: 'Painting',
    },
  })),
})

const { id: adminId } = await aPerson(services)
const user = await services.roles.set({ userId: adminId, role: 'admin', actor: 'admin' })
const admin = await services.sessions.open(user, { surface: 'web', label: null })

afterAll(async () => {
  expect(await services.balance.verify()).toMatchObject({ ok: true })
  await close()
  await sandbox.close()
})

async function bought(productId: 'automatic' | 'manual'): Promise<Payment> {
  return services.payments.start({
    ...{ id: newId(), userId: (await aGuest()).id, productId, gateway: 'yookassa' },
    ...{ currency: 'RUB', surface: 'web', contact: { email: 'ada@example.org' } },
  })
}

/** The buyer has paid: the money is here, or reserved. */
async function paid(productId: 'automatic' | 'manual' = 'automatic'): Promise<Payment> {
  const payment = await bought(productId)
  await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  clock.advance(60_000)
  await services.paymentsCheck.checkDue()
  return payment
}

const auditOf = (subject: string) =>
  rows(
    services.repos.db,
    sql`select actor, action from gramkit.audit_entry where subject = ${subject} order by id`,
    z.object({ actor: z.string(), action: z.string() }),
  )

test.each([
  ['refund', {}, () => paid(), 'refund.requested'],
  ['capture', { amount: '100' }, () => paid('manual'), 'capture.requested'],
  ['cancel', undefined, () => paid('manual'), 'cancel.requested'],
  ['cancel', undefined, () => bought('automatic'), 'cancel.requested'],
  ['disputes', { reference: 'case-1', status: 'open' }, () => paid(), 'dispute.open'],
  ['settle', undefined, () => paid(), 'settlement.requested'],
])('who asks for a %s is written down, once however often they ask', async (...row) => {
  const [what, body, make, action] = row
  const { id } = await make()
  const key = newId()
  for (let time = 0; time < 2; time++) {
    const answer = await ask({ ...admin, key }, 'POST', `/admin/payments/${id}/${what}`, body)
    expect(answer).toMatchObject({ status: 200 })
  }
  const asked = (await auditOf(`payment:${id}`)).filter((entry) => entry.action === action)
  expect(asked).toEqual([{ actor: adminId, action }])
})

test('who is refused is not written down', async () => {
  const { id } = await paid()
  const cancel = await ask(admin, 'POST', `/admin/payments/${id}/cancel`)
  const key = newId()
  const capture = await ask({ ...admin, key }, 'POST', `/admin/payments/${id}/capture`, {
    amount: '1',
  })
  expect([cancel.status, capture.status]).toEqual([409, 409])
  expect(await auditOf(`payment:${id}`)).toEqual([])
})

test('who has the books compared is written down, each time', async () => {
  await paid()
  for (let time = 0; time < 2; time++) {
    expect(await ask(admin, 'POST', '/admin/reconcile')).toMatchObject({ status: 200 })
  }
  const entry = { actor: adminId, action: 'reconciliation.requested' }
  expect(await auditOf('gateway:yookassa')).toEqual([entry, entry])
})
