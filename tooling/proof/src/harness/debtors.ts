import type { RunningBilling } from '@gramkit/billing-backend/testing'
import type { TenantBilling } from '@gramkit/core/billing'
import { formatDecimal, newId, parseDecimal } from '@gramkit/core/kernel'
import pg from 'pg'
import { z } from 'zod'
import { patiently } from './buyers.ts'
import type { Chance } from './chance.ts'
import { until } from './together.ts'

/** The gateways by which invoices are paid, each with a currency that it takes. */
export const WAYS = [
  { gateway: 'yookassa', currency: 'RUB' },
  { gateway: 'stripe', currency: 'EUR' },
] as const

interface Way {
  readonly gateway: (typeof WAYS)[number]['gateway']
  readonly currency: (typeof WAYS)[number]['currency']
}

type Api = Awaited<ReturnType<RunningBilling['tenant']>>

/** A tenant with a customer whose method is kept and charged. */
export interface Seller extends Way {
  readonly billing: TenantBilling
  readonly api: Api
  readonly saverId: string
}

/** An invoice that is owed, and what was asked to go back of it. */
export interface Debt {
  readonly seller: Seller
  readonly invoiceId: string
  readonly amount: bigint
  refunded: bigint
}

/** A debt with the payment that was begun on its page. */
export interface Page extends Debt {
  readonly paymentId: string
  isPaid: boolean
}

const linkShape = z.object({ url: z.url() })
const countShape = z.array(z.object({ count: z.int() }))
const ownerShape = z.array(z.object({ id: z.uuid(), invoice_id: z.uuid() }))

/** Longer than a breaker rests, and pages that somebody opens who wants to pay. */
const [REST_MINUTES, PAGES_MAX] = [6, 5]

/** How long is waited for what is sure to come. */
const WAIT_MS = 120_000

/** Longer than the providers keep a key, after which what is still open is looked up. */
const MINUTES_MAX = 2 * 24 * 60

/** What has not ended: charges and payments of pages that were found, refunds, and charges that are due. */
const OPEN = `
  select (select count(*) from gramkit.billing_invoice_payment i join gramkit.payment p on p.id = i.id
      where i.state = 'open' and (i.attempt is not null or p.confirmation_url is not null))::int
    + (select count(*) from gramkit.payment_refund where status <> 'succeeded')::int
    + (select count(*) from gramkit.billing_charges(false))::int as count`

/** Customers of many tenants who owe, pay and get money back, and the books of all of it. */
export class Debtors {
  readonly debts: Debt[] = []
  readonly #sellers: Seller[] = []
  readonly #running: RunningBilling
  readonly #chance: Chance

  constructor(running: RunningBilling, chance: Chance) {
    this.#running = running
    this.#chance = chance
  }

  /** Makes a tenant, one of whose customers has paid by a method that was kept. */
  async aSeller(way: Way): Promise<Seller> {
    const api = await this.#running.tenant({ currency: way.currency })
    const billing = this.#services.billing.forTenant(api.tenant.id)
    const saver = { code: 'saver', name: 'Saver', autoCharge: true }
    const { id: saverId } = await billing.customers.create(saver)
    const seller: Seller = { ...way, api, billing, saverId }
    this.#sellers.push(seller)
    const debt = await this.owe(seller, saverId)
    const paymentId = newId()
    await billing.payments.start({
      ...{ id: paymentId, invoiceId: debt.invoiceId, gateway: way.gateway },
      consent: { sessionId: null, textVersion: 'proof' },
    })
    await this.payNow({ ...debt, paymentId, isPaid: false })
    await until('the method is kept', WAIT_MS, async () => {
      const methods = await billing.paymentMethods.list(seller.saverId)
      return methods.length === 1 || 'there is none'
    })
    return seller
  }

  /** Asks somebody who was never asked before for some money, due today. */
  async oweAnew(seller: Seller): Promise<Debt> {
    const code = newId()
    return this.owe(seller, (await seller.billing.customers.create({ code, name: code })).id)
  }

  /** Asks a customer for some money, due today. */
  async owe(seller: Seller, customerId: string): Promise<Debt> {
    const amount = BigInt(this.#chance.whole(10_00, 99_99))
    const unitPrice = formatDecimal({ amount, currency: seller.currency })
    const lines = [{ title: 'Hosting', unitPrice }]
    const { invoices } = seller.billing
    const { id } = await invoices.draft({ customerId, lines, paymentTermsDays: 0 })
    await invoices.finalize(id)
    const debt = { seller, invoiceId: id, amount, refunded: 0n }
    this.debts.push(debt)
    return debt
  }

  /** Opens the page of an invoice and submits it, twice at once. */
  async openPage(debt: Debt): Promise<Page> {
    const { api, gateway } = debt.seller
    const { body } = await api.get(`/billing/api/v1/invoices/${debt.invoiceId}/pay-link`)
    const { url } = linkShape.parse(body)
    const paymentId = newId()
    const submit = () =>
      fetch(url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ paymentId, gateway }),
        // Each from a network of its own.
        headers: { 'x-forwarded-for': `10.${this.#byte()}.${this.#byte()}.${this.#byte()}` },
      })
    const answers = await Promise.all([submit(), submit()])
    const refused = answers.filter(({ status }) => status !== 200 && status !== 303)
    if (refused.length > 0) throw new Error(`${url} answered ${refused.map((one) => one.status)}`)
    return Object.assign(debt, { paymentId, isPaid: false })
  }

  /** Pays on the page of the provider, if its address is known already. */
  async payNow(page: Page): Promise<boolean> {
    const payment = await this.#services.payments.getById(page.paymentId)
    const { gateway, confirmationUrl, providerPaymentId } = payment
    if (!confirmationUrl || !providerPaymentId) return false
    const { control } = this.#running.sandbox
    await (gateway === 'stripe'
      ? control.stripe.pay(providerPaymentId)
      : control.yookassa.succeed(providerPaymentId))
    page.isPaid = true
    return true
  }

  /** Pays, later or on another page where the first leads nowhere: Stripe repeats an error for a day. */
  async pay(page: Page): Promise<void> {
    for (let tries = 0; !page.isPaid && !(await this.payNow(page)); tries++) {
      if (tries === PAGES_MAX) throw new Error(`${page.invoiceId} cannot be paid`)
      await this.#running.sandbox.control.clock.advance({ minutes: REST_MINUTES })
      if (!(await this.payNow(page))) await this.openPage(page)
    }
  }

  /** Waits until the money of a page has come. */
  async untilReceived({ seller, paymentId }: Page): Promise<void> {
    await until(`${paymentId} is received`, WAIT_MS, async () => {
      const { state } = await seller.billing.payments.get(paymentId)
      return state === 'received' || state
    })
  }

  /** Gives all or a part of a payment back, asked for until there is an answer. */
  async refund(page: Page): Promise<void> {
    const part = BigInt(this.#chance.whole(1, 10_00))
    const amount = this.#chance.whole(0, 1) === 0 ? page.amount : part
    page.refunded = amount
    const path = `/billing/api/v1/payments/${page.paymentId}/refunds`
    const key = newId()
    await patiently(() => page.seller.api.post(path, { amount: String(amount) }, key))
  }

  /** Lets time go by until nothing is open any more: what failed is looked at ever less often. */
  async untilEnded(): Promise<void> {
    const { clock } = this.#running.sandbox.control
    await this.#reading(async (client) => {
      for (let minutes = 5, moved = 0; ; moved += minutes, minutes = Math.min(2 * minutes, 240)) {
        const [found] = countShape.parse((await client.query(OPEN)).rows)
        if (found?.count === 0) return
        if (moved > MINUTES_MAX) throw new Error(`${found?.count} stay open`)
        await clock.advance({ minutes })
      }
    })
  }

  /** What each invoice should have got and given back, as a line. */
  wanted(): string[] {
    return this.debts
      .map(({ invoiceId, amount, refunded }) =>
        line(invoiceId, [amount], refunded ? [refunded] : []),
      )
      .sort()
  }

  /** What the providers have charged and given back for each invoice, as such lines. */
  async charged(): Promise<string[]> {
    const invoiceOf = new Map(
      await this.#reading(async (client) => {
        const query = 'select id, invoice_id from gramkit.billing_invoice_payment'
        const { rows } = await client.query(query)
        return ownerShape.parse(rows).map(({ id, invoice_id }) => [id, invoice_id] as const)
      }),
    )
    const books = await this.#running.sandbox.control.transactions()
    const ofProvider = new Map<string, string>()
    const sums = new Map<string, { paid: bigint[]; back: bigint[] }>()
    for (const { kind, amount, payment_id, metadata } of books) {
      if (kind === 'payment') ofProvider.set(payment_id, metadata?.['payment_id'] ?? '')
      const ours = ofProvider.get(payment_id) ?? ''
      const invoiceId = invoiceOf.get(ours) ?? `none of ours: ${payment_id}`
      const sum = sums.get(invoiceId) ?? { paid: [], back: [] }
      sums.set(invoiceId, sum)
      sum[kind === 'payment' ? 'paid' : 'back'].push(parseDecimal(amount, 'EUR').amount)
    }
    return [...sums].map(([id, { paid, back }]) => line(id, paid, back)).sort()
  }

  /** What invoices, credit, journals and the ledger of core say otherwise than was asked for. */
  async differences(): Promise<string[]> {
    const { balance } = this.#services
    const { differences } = await balance.verify()
    const found = differences.map((difference) => `ledger: ${JSON.stringify(difference)}`)
    for (const { gateway, ...one } of await this.#reconcile()) {
      const entries = [...one.repaired, ...one.differences]
      found.push(...entries.map((entry) => `${gateway}: ${JSON.stringify(entry)}`))
    }
    for (const { billing } of this.#sellers) {
      const verified = await billing.revenue.verify()
      found.push(...verified.differences.map((entry) => `${billing.tenantId}: ${entry.problem}`))
    }
    for (const { seller, invoiceId, amount, refunded } of this.debts) {
      const { paid, customerId } = await seller.billing.invoices.get(invoiceId)
      if (paid !== amount - refunded) found.push(`${invoiceId}: ${paid} is paid`)
      const credit = await seller.billing.credit.balances(customerId)
      if (credit.some((balance) => balance.amount > 0n)) found.push(`${invoiceId}: left credit`)
    }
    return found
  }

  /** Compares with the books of the providers, as soon as the breakers let it. */
  async #reconcile() {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#services.reconciliation.reconcile()
      } catch (error) {
        if (tries === 5) throw error
        await this.#running.sandbox.control.clock.advance({ minutes: REST_MINUTES })
      }
    }
  }

  get #services() {
    return this.#running.served().app.platform.services
  }

  #byte(): number {
    return this.#chance.whole(0, 255)
  }

  async #reading<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(this.#running.database.adminUrl)
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
}

function line(invoiceId: string, paid: readonly bigint[], back: readonly bigint[]): string {
  return `${invoiceId} got ${paid.join(' + ')}, gave back ${back.join(' + ') || 'nothing'}`
}
