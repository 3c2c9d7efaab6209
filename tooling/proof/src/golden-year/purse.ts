import type { Invoice, TenantBilling } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import type { Chance } from '../harness/chance.ts'
import {
  type NaiveBalances,
  type NaiveMoney,
  type NaiveSold,
  naiveBooks,
} from '../naive-billing/books.ts'
import { daysAfter } from './story.ts'

const NOTHING: NaiveMoney = {
  ...{ taken: 0n, left: 0n, reopened: 0n, fromCredit: 0n, granted: 0n, released: 0n },
}

/** What becomes of invoices; more often they are just paid. */
const FATES = [
  ...['paid', 'paid', 'paid', 'paid', 'in_parts', 'too_much', 'refunded', 'credited'],
  ...['credited_and_paid', 'paid_and_credited', 'written_off', 'lost_and_found', 'unpaid'],
] as const

interface Step {
  readonly on: string
  readonly does: () => Promise<void>
}

/**
 * What customers of one tenant do with their invoices, and what is done about it. Each move of money
 * is one transaction of the services, as a gateway's is.
 */
export class Purse {
  readonly #billing: TenantBilling
  readonly #chance: Chance
  readonly #money = new Map<string, NaiveMoney>()
  readonly #notes = new Map<string, { on: string; net: bigint; tax: bigint }>()
  readonly #seen = new Set<string>()
  #steps: Step[] = []
  /** Customers who change nothing. */
  #calm: ReadonlySet<string> = new Set()
  readonly counts = new Map<string, number>()

  constructor(billing: TenantBilling, chance: Chance) {
    this.#billing = billing
    this.#chance = chance
  }

  /** Does what is due on a day, and decides what becomes of invoices that are new. */
  async live(day: string, calm: ReadonlySet<string>): Promise<void> {
    this.#calm = calm
    const { items } = await this.#billing.invoices.list({ issuedFromOn: day }, { limit: 100 })
    for (const invoice of items.filter(({ id }) => !this.#seen.has(id))) {
      this.#seen.add(invoice.id)
      if (invoice.state === 'finalized' || invoice.state === 'partially_paid') {
        this.#decide(invoice, day)
      }
    }
    const due = this.#steps.filter(({ on }) => on <= day)
    this.#steps = this.#steps.filter(({ on }) => on > day)
    for (const { does } of due) await does()
  }

  /** A one-off invoice that is made void at once where nothing is paid of it, another that stays; and a gift. */
  async oneOff(customerId: string): Promise<void> {
    const { invoices, credit, customers } = this.#billing
    const lines = [{ title: 'Work', quantity: '1.5', unitPrice: '33.33' }]
    const wrong = await invoices.draft({ customerId, lines })
    // What credit has paid already is no mistake any more.
    const { state } = await invoices.finalize(wrong.id)
    if (state === 'finalized') await invoices.void(wrong.id)
    const right = await invoices.draft({ customerId, lines })
    await invoices.finalize(right.id)
    const { currency } = await customers.get(customerId)
    await credit.add({ customerId, currency, amount: 250n, reason: 'grant' })
    this.#add(currency, { granted: 250n })
  }

  /** The books of each currency as invoices and what became of money say them. */
  async books(openOn: string): Promise<Map<string, NaiveBalances>> {
    const sold = Map.groupBy(await this.#sold(), ({ currency }) => currency)
    return new Map(
      [...sold].map(([currency, invoices]) => {
        const money = this.#money.get(currency) ?? NOTHING
        return [currency, naiveBooks(invoices, money, openOn)]
      }),
    )
  }

  #decide({ id }: Invoice, day: string): void {
    const fate = this.#chance.pick(FATES)
    this.counts.set(fate, (this.counts.get(fate) ?? 0) + 1)
    const soon = daysAfter(day, this.#chance.whole(0, 10))
    const later = daysAfter(soon, this.#chance.whole(1, 30))
    const part = this.#chance.whole(1, 99)
    const pay = (on: string, percent: number): Step => {
      return { on, does: () => this.#pay(id, percent) }
    }
    const credit = (on: string): Step => ({ on, does: () => this.#credit(id, part, on) })
    const writeOff = (on: string): Step => ({ on, does: () => this.#writeOff(id) })
    const refund = { on: later, does: () => this.#refund(id, part) }
    const steps: Readonly<Record<(typeof FATES)[number], readonly Step[]>> = {
      paid: [pay(soon, 100)],
      in_parts: [pay(soon, part), pay(later, 100)],
      too_much: [pay(soon, 100 + part)],
      refunded: [pay(soon, 100 + part), refund],
      credited: [credit(soon)],
      credited_and_paid: [credit(soon), pay(later, 100)],
      paid_and_credited: [pay(soon, 100), credit(later)],
      written_off: [writeOff(later)],
      lost_and_found: [writeOff(soon), pay(later, part)],
      unpaid: [],
    }
    this.#steps.push(...steps[fate])
  }

  /** A part of what is open, in percent; what is above 100 is left to the customer. */
  async #pay(id: string, percent: number): Promise<void> {
    await this.#billing.transaction(async (tx) => {
      const { total, paid, credited, state, currency } = await tx.invoices.get(id)
      const amount = ((total - paid - credited) * BigInt(percent)) / 100n
      if (amount <= 0n || state === 'paid') return
      const { invoice, taken, left } = await tx.invoices.receive(id, amount)
      const { customerId } = invoice
      if (left > 0n) {
        const gain = { customerId, currency, amount: left, reason: 'overpayment' } as const
        await tx.credit.add({ ...gain, invoiceId: id })
      }
      await tx.journal.bookReceived({ invoice, paymentId: newId(), taken, left })
      this.#add(currency, { taken, left })
    })
  }

  /** Gives back a part of what was paid, and of what the customer has left. */
  async #refund(id: string, percent: number): Promise<void> {
    await this.#billing.transaction(async (tx) => {
      const invoice = await tx.invoices.get(id)
      const { customerId, currency, paid } = invoice
      const balances = await tx.credit.balances(customerId)
      const credit = balances.find((each) => each.currency === currency)?.amount ?? 0n
      const fromCredit = credit / 2n
      const reopened = (paid * BigInt(percent)) / 100n
      if (reopened > 0n) await tx.invoices.takeBack(id, reopened)
      if (fromCredit > 0n) {
        await tx.credit.takeOut({ customerId, currency, amount: fromCredit })
      }
      if (reopened + fromCredit === 0n) return
      await tx.journal.bookTakenBack({ invoice, takeBackId: newId(), reopened, fromCredit })
      this.#add(currency, { reopened, fromCredit })
    })
  }

  /** Takes back a part of the first line that asks for something. */
  async #credit(id: string, percent: number, on: string): Promise<void> {
    const { lines, currency, pricesIncludeTax, customerId } = await this.#billing.invoices.get(id)
    // What is taken back of a line that a change gives back later is not given back twice: of who
    // changes nothing any line, of others none that was paid in advance.
    const kinds = this.#calm.has(customerId) ? ['carry'] : ['carry', 'advance']
    const line = lines.find(({ net, kind }) => net > 10n && !kinds.includes(kind))
    const isEnough = lines.every(({ net }) => net >= 0n)
    if (!line || !isEnough) return
    const whole = pricesIncludeTax ? line.net + line.tax : line.net
    const amount = (whole * BigInt(percent)) / 100n
    if (amount === 0n) return
    const note = await this.#billing.creditNotes.issue({
      ...{ invoiceId: id, lines: [{ lineId: line.id, amount }], reason: 'Late' },
    })
    const [{ net, tax } = { net: 0n, tax: 0n }] = note.lines
    this.#notes.set(line.id, { on, net, tax })
    this.#add(currency, { released: note.released })
  }

  async #writeOff(id: string): Promise<void> {
    const { state } = await this.#billing.invoices.get(id)
    if (state !== 'paid') await this.#billing.invoices.writeOff(id)
  }

  #add(currency: string, more: Partial<NaiveMoney>): void {
    const money = { ...NOTHING, ...this.#money.get(currency) }
    const { taken = 0n, left = 0n, reopened = 0n, fromCredit = 0n } = more
    const { granted = 0n, released = 0n } = more
    this.#money.set(currency, {
      ...{ taken: money.taken + taken, left: money.left + left },
      ...{ reopened: money.reopened + reopened, fromCredit: money.fromCredit + fromCredit },
      ...{ granted: money.granted + granted, released: money.released + released },
    })
  }

  async #sold(): Promise<(NaiveSold & { readonly currency: string })[]> {
    const sold: (NaiveSold & { readonly currency: string })[] = []
    /** Subscriptions with a later bill that took what was carried on; the newest come first. */
    const taken = new Set<string>()
    let cursor: string | undefined
    do {
      cursor = await this.#billing.transaction(async (tx) => {
        const page = await tx.invoices.list({}, { limit: 100, cursor })
        const ids = page.items.map(({ id }) => id)
        const lines = Map.groupBy(await tx.repos.invoices.listLines(ids), (line) => line.invoiceId)
        for (const invoice of page.items) {
          const { id, issuedOn, state, total, paid, credited, currency } = invoice
          const of = invoice.subscriptionId
            ? await tx.subscriptions.get(invoice.subscriptionId)
            : undefined
          const isOver = of?.status === 'canceled' && of.nextBillingAt === null && !taken.has(of.id)
          const own = (lines.get(id) ?? []).map((line) => {
            const { kind, fromOn, untilOn, net, tax } = line
            const isLeft = isOver && kind === 'carry'
            return { kind, fromOn, untilOn, net, tax, isLeft, note: this.#notes.get(line.id) }
          })
          if (of && own.some(({ kind }) => kind === 'carried')) taken.add(of.id)
          const facts = { issuedOn: issuedOn ?? '', state, total, paid, credited, currency }
          sold.push({ ...facts, lines: own })
        }
        return page.nextCursor ?? undefined
      })
    } while (cursor)
    return sold
  }
}
