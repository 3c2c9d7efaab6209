import type { SandboxContext } from '../context.ts'
import type { Bots } from './bots.ts'
import type { Invoice } from './invoices.ts'
import type { Stars } from './stars.ts'
import type { StarSubscriptions } from './subscriptions.ts'
import { badRequest } from './telegram-error.ts'
import { type Customer, type Customers, toUser } from './users.ts'

/** How an attempt to pay an invoice ended. */
export interface PayResult {
  readonly status: 'paid' | 'failed' | 'cancelled'
  readonly charge_id?: string
  /** What the customer reads. */
  readonly error?: string
}

interface OpenQuery {
  readonly userId: number
  readonly invoice: Invoice
  end(result: PayResult): void
}

const QUERY_LIFE_SECONDS = 150

/** Pays invoices: asks the bot, waits for its answer, takes the Stars. */
export class Checkout {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #stars: Stars
  readonly #subscriptions: StarSubscriptions
  readonly #customers: Customers
  readonly #open = new Map<string, OpenQuery>()

  constructor(
    context: SandboxContext,
    parts: {
      readonly bots: Bots
      readonly stars: Stars
      readonly subscriptions: StarSubscriptions
      readonly customers: Customers
    },
  ) {
    this.#context = context
    this.#bots = parts.bots
    this.#stars = parts.stars
    this.#subscriptions = parts.subscriptions
    this.#customers = parts.customers
  }

  /** Presses Pay on an invoice; resolves when Telegram would show the outcome. */
  async pay(customer: Customer, invoice: Invoice): Promise<PayResult> {
    if (customer.stars < invoice.amount) return { status: 'failed', error: 'BALANCE_TOO_LOW' }
    const { store, limits } = this.#context
    const id = String(store.next('pre_checkout', 3_000_000_000_000))
    const { promise, resolve } = Promise.withResolvers<PayResult>()
    this.#open.set(id, { userId: customer.id, invoice, end: resolve })
    const timer = setTimeout(
      () => resolve({ status: 'failed', error: 'BOT_PRECHECKOUT_TIMEOUT' }),
      limits.preCheckoutMs,
    )
    store.transaction(() => {
      this.#bots.notify(
        this.#bots.get(invoice.botId),
        'pre_checkout_query',
        {
          id,
          from: toUser(customer),
          currency: 'XTR',
          total_amount: invoice.amount,
          invoice_payload: invoice.payload,
        },
        { chatId: customer.id, lifeSeconds: QUERY_LIFE_SECONDS, queue: 'pre_checkout' },
      )
    })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#open.delete(id)
    }
  }

  /** Takes the bot's answer, and with a yes the Stars. */
  answer(botId: number, queryId: string, isOk: boolean, errorMessage?: string): void {
    const query = this.#open.get(queryId)
    if (query?.invoice.botId !== botId) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid')
    }
    if (!isOk && !errorMessage) throw badRequest('error_message must be non-empty')
    this.#open.delete(queryId)
    query.end(isOk ? this.#charge(query) : { status: 'failed', error: errorMessage ?? '' })
  }

  /** Ends what is under way, because the sandbox stops. */
  close(): void {
    for (const query of this.#open.values()) {
      query.end({ status: 'cancelled', error: 'The sandbox stopped' })
    }
  }

  #charge({ userId, invoice }: OpenQuery): PayResult {
    const customer = this.#customers.get(userId)
    if (customer.stars < invoice.amount) return { status: 'failed', error: 'BALANCE_TOO_LOW' }
    const charge = invoice.isSubscription
      ? this.#subscriptions.begin(customer, invoice)
      : this.#stars.charge(customer, invoice, { id: this.#stars.newChargeId() })
    return { status: 'paid', charge_id: charge.id }
  }
}
