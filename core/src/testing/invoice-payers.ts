import { startSandbox } from '@gramkit/sandbox'
import { expect } from 'vitest'
import {
  type CustomerInput,
  type InvoiceView,
  remainingOf,
  type StartInvoicePayment,
  type TenantBilling,
} from '../features/billing/index.ts'
import type { Payment } from '../features/payments/index.ts'
import { assert, newId, VirtualClock } from '../kernel/index.ts'
import { aCustomer, aTenant } from './billing.ts'
import { testPlatform } from './platform.ts'

const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-shop' }
const STRIPE_KEY = 'sk_test_secret-key-of-the-account'

/** The gateways by which invoices are paid in tests, each with a currency that it takes. */
export const GATEWAYS = [
  { gateway: 'yookassa', currency: 'RUB' },
  { gateway: 'stripe', currency: 'EUR' },
] as const

type Way = (typeof GATEWAYS)[number]

/**
 * A platform whose customers pay invoices at the sandbox, by the clients that the providers publish.
 * Nothing is told by the providers themselves: tests say what is heard when.
 */
export async function invoicePayers(options: { readonly receipts?: 'email' } = {}) {
  const { receipts } = options
  const sandbox = await startSandbox({
    shops: [{ ...SHOP, ...(receipts ? { receipts } : {}) }],
    stripeAccounts: [
      { accountId: 'acct_1', secretKey: STRIPE_KEY, webhookSecret: 'whsec_of-the-account' },
    ],
  })
  const { control } = sandbox
  const clock = new VirtualClock(new Date('2030-01-10T12:00:00Z'))
  const base = await testPlatform({
    clock,
    poolSize: 16,
    returnUrls: ['https://shop.example/'],
    yookassa: {
      ...{ ...SHOP, apiRoot: `${sandbox.url}/sandbox/yookassa/v3` },
      ...(receipts ? { receipts: { contact: receipts } } : {}),
    },
    stripe: { secretKey: STRIPE_KEY, apiRoot: sandbox.url },
    ...(receipts
      ? {
          billing: {
            receipts: {
              ...{ subject: 'service', mode: 'full_payment', measure: 'piece' },
              vatCodes: { none: 1, '20': 4 },
            },
          },
        }
      : {}),
  })
  const { services } = base
  const tenants: TenantBilling[] = []

  const gatewayOf = (name: string) => {
    const gateway = services.gateways.get(name)
    assert(gateway?.fetch, 'The gateways of tests can be asked')
    return { ...gateway, fetch: gateway.fetch }
  }

  return {
    ...base,
    ...{ sandbox, control, clock },
    /** Asks 100 of a customer of a tenant of its own, in the currency of a way to pay. */
    async anInvoice(
      { currency }: Pick<Way, 'currency'>,
      customer: Partial<CustomerInput> = {},
      paymentTermsDays = 0,
    ): Promise<{ billing: TenantBilling; invoice: InvoiceView }> {
      const billing = await aTenant(services, { currency, paymentTermsDays })
      tenants.push(billing)
      const { id } = await aCustomer(billing, { email: 'ada@example.org', ...customer })
      return { billing, invoice: await anotherInvoice(billing, id) }
    },
    anotherInvoice,
    start: (
      billing: TenantBilling,
      request: Omit<StartInvoicePayment, 'id'> & { readonly id?: string },
    ): Promise<Payment> => billing.payments.start({ id: newId(), ...request }),
    /** The customer pays on the page of the provider; nobody hears of it yet. */
    async pay({ gateway, providerPaymentId }: Payment): Promise<void> {
      const id = providerPaymentId ?? ''
      await (gateway === 'stripe' ? control.stripe.pay(id) : control.yookassa.succeed(id))
    },
    /** The kit hears of a payment what the provider says when it is asked. */
    async hear({ gateway, providerPaymentId }: Payment): Promise<void> {
      const snapshot = await gatewayOf(gateway).fetch(providerPaymentId ?? '')
      assert(snapshot, 'The provider knows the payment')
      await services.payments.apply(snapshot)
    },
    /** What the provider took and gave back for payments of ours, as `payment 100.00`. */
    async books(paymentIds: readonly string[]): Promise<string[]> {
      const lines = await control.transactions()
      const ours = lines.filter(({ metadata }) =>
        paymentIds.includes(metadata?.['payment_id'] ?? ''),
      )
      const theirs = ours.map(({ payment_id }) => payment_id)
      return lines
        .filter(({ payment_id }) => theirs.includes(payment_id))
        .map(({ kind, amount }) => `${kind} ${amount}`)
    },
    /** What a customer has as credit, in minor units of the currency of an invoice. */
    async creditOf(billing: TenantBilling, { customerId, currency }: InvoiceView): Promise<bigint> {
      const balances = await billing.credit.balances(customerId)
      return balances.find((balance) => balance.currency === currency)?.amount ?? 0n
    },
    /** The ledger of core and the journal of each tenant say what payments, invoices and credit say. */
    async checkBooks(): Promise<void> {
      expect(await services.balance.verify()).toMatchObject({ ok: true, differences: [] })
      for (const billing of tenants) await checkJournal(billing)
    },
    async close() {
      await base.close()
      await sandbox.close()
    },
  }
}

/** Asks 100, or another amount in major units, of a customer. */
async function anotherInvoice(
  billing: TenantBilling,
  customerId: string,
  unitPrice = '100',
): Promise<InvoiceView> {
  const lines = [{ title: 'Hosting', unitPrice }]
  const { id } = await billing.invoices.draft({ customerId, lines })
  return billing.invoices.finalize(id)
}

/** Compares the journal of a tenant with what it was booked of. */
async function checkJournal(billing: TenantBilling): Promise<void> {
  expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  const sum = (amounts: readonly bigint[]) => amounts.reduce((all, each) => all + each, 0n)
  const { items: invoices } = await billing.invoices.list({}, { limit: 100 })
  const listed = await Promise.all(invoices.map(({ id }) => billing.payments.list(id)))
  const payments = listed.flat()
  const customers = [...new Set(invoices.map(({ customerId }) => customerId))]
  const credit = await Promise.all(customers.map((id) => billing.credit.balances(id)))
  expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  const [books] = await billing.journal.balances()
  const asked = sum(invoices.map((invoice) => (invoice.number ? remainingOf(invoice) : 0n)))
  expect((books?.receivable ?? 0n) + (books?.badDebt ?? 0n)).toBe(asked)
  expect(books).toMatchObject({
    cash: sum(payments.map(({ taken, left, returned }) => taken + left - returned)),
    customerCredit: -sum(credit.flat().map(({ amount }) => amount)),
    concession: sum(payments.flatMap(({ returns }) => returns.map(({ lost }) => lost))),
  })
}
