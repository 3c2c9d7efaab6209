import { randomBytes } from 'node:crypto'
import type { StarTransaction, SuccessfulPayment } from '@grammyjs/types'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import type { Bot, Bots } from './bots.ts'
import type { Chats } from './chats.ts'
import { type Invoice, SUBSCRIPTION_PERIOD_SECONDS } from './invoices.ts'
import { badRequest } from './telegram-error.ts'
import { type Customer, type Customers, toUser } from './users.ts'

/** Stars that a customer paid to a bot at one time. */
export interface Charge {
  readonly id: string
  readonly botId: number
  readonly userId: number
  readonly amount: number
  readonly payload: string
  readonly date: number
  /** Charge that began the subscription this one belongs to, or null. */
  readonly subscriptionId: string | null
  readonly isReturned: boolean
}

/** One line of a bot's books. */
export interface BookEntry {
  readonly botId: number
  readonly chargeId: string
  readonly userId: number
  readonly direction: 'in' | 'out'
  readonly kind: 'payment' | 'refund' | 'chargeback'
  readonly amount: number
  readonly payload: string
  readonly date: number
  readonly isSubscription: boolean
}

/** Takes Stars from customers for bots, gives them back, and keeps the books. */
export class Stars {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #chats: Chats
  readonly #customers: Customers
  readonly #charges
  readonly #books

  constructor(context: SandboxContext, bots: Bots, chats: Chats, customers: Customers) {
    this.#context = context
    this.#bots = bots
    this.#chats = chats
    this.#customers = customers
    this.#charges = context.store.collection<Charge>('charges', {
      owner: ({ userId }) => String(userId),
    })
    this.#books = context.store.collection<BookEntry>('star_books', {
      owner: ({ botId }) => String(botId),
    })
  }

  /** A number for a charge, unlike any other. */
  newChargeId(): string {
    return `stx${randomBytes(24).toString('base64url')}`
  }

  /** Takes the Stars of an invoice and tells the bot. */
  charge(
    customer: Customer,
    invoice: Invoice,
    options: {
      readonly id: string
      readonly subscription?: { readonly id: string; readonly untilMs: number }
    },
  ): Charge {
    const { id, subscription } = options
    const { botId, amount, payload } = invoice
    this.#customers.addStars(customer.id, -amount)
    const charge = this.#charges.put(id, {
      id,
      botId,
      userId: customer.id,
      amount,
      payload,
      date: this.#context.clock.seconds(),
      subscriptionId: subscription?.id ?? null,
      isReturned: false,
    })
    this.#book(charge, 'payment')
    const payment: SuccessfulPayment = {
      currency: 'XTR',
      total_amount: amount,
      invoice_payload: payload,
      ...(subscription
        ? {
            subscription_expiration_date: Math.floor(subscription.untilMs / 1_000),
            is_recurring: true,
            ...(subscription.id === id ? { is_first_recurring: true } : {}),
          }
        : {}),
      telegram_payment_charge_id: id,
      provider_payment_charge_id: `${customer.id}_${charge.date}`,
    }
    this.#chats.receive(this.#bots.get(botId), customer, { successful_payment: payment })
    return charge
  }

  /** Gives a charge back for the bot, once and in full. */
  refund(bot: Bot, userId: number, chargeId: string): void {
    const charge = this.#charges.get(chargeId)
    if (!charge || charge.botId !== bot.id || charge.userId !== userId) {
      throw badRequest('CHARGE_ID_INVALID')
    }
    if (charge.isReturned) throw badRequest('CHARGE_ALREADY_REFUNDED')
    this.#giveBack(charge, 'refund')
    this.#chats.receive(bot, this.#customers.get(userId), {
      refunded_payment: {
        currency: 'XTR',
        total_amount: charge.amount,
        invoice_payload: charge.payload,
        telegram_payment_charge_id: chargeId,
      },
    })
  }

  /** Takes a charge back from the bot without a word, as an app store does for a buyer. */
  chargeBack(userId: number, chargeId: string): Charge {
    const charge = this.get(userId, chargeId)
    if (charge.isReturned) throw new ControlError(409, `Charge ${chargeId} was given back already`)
    return this.#giveBack(charge, 'chargeback')
  }

  /** A charge of a customer, which must exist. */
  get(userId: number, chargeId: string): Charge {
    const charge = this.#charges.get(chargeId)
    if (charge?.userId !== userId) {
      throw new ControlError(404, `User ${userId} has no charge ${chargeId}`)
    }
    return charge
  }

  /** Finds a charge that a bot names. */
  find(bot: Bot, userId: number, chargeId: string): Charge {
    const charge = this.#charges.get(chargeId)
    if (charge?.botId !== bot.id || charge.userId !== userId) throw badRequest('CHARGE_ID_INVALID')
    return charge
  }

  /** Charges of a customer, oldest first. */
  chargesOf(userId: number): Charge[] {
    return this.#charges.ownedBy(String(userId))
  }

  /** The books of all bots, oldest first. */
  books(): BookEntry[] {
    return this.#books.all()
  }

  /** What getStarTransactions answers. */
  transactions(bot: Bot, offset: number, limit: number): StarTransaction[] {
    return this.#books
      .ownedBy(String(bot.id))
      .slice(offset, offset + limit)
      .map((entry) => this.#toTransaction(entry))
  }

  /** A bot's Stars; negative when more was taken back than is left. */
  balance(bot: Bot): number {
    return this.#books
      .ownedBy(String(bot.id))
      .reduce((sum, { direction, amount }) => sum + (direction === 'in' ? amount : -amount), 0)
  }

  #giveBack(charge: Charge, kind: 'refund' | 'chargeback'): Charge {
    this.#customers.addStars(charge.userId, charge.amount)
    this.#book(charge, kind)
    return this.#charges.put(charge.id, { ...charge, isReturned: true })
  }

  #book(charge: Charge, kind: BookEntry['kind']): void {
    const direction = kind === 'payment' ? 'in' : 'out'
    const { id, botId, userId, amount, payload } = charge
    this.#books.put(`${id}:${direction}`, {
      botId,
      chargeId: id,
      userId,
      direction,
      kind,
      amount,
      payload,
      date: this.#context.clock.seconds(),
      isSubscription: charge.subscriptionId !== null,
    })
    this.#context.activity.changed('stars')
  }

  #toTransaction(entry: BookEntry): StarTransaction {
    const partner = {
      type: 'user' as const,
      transaction_type: 'invoice_payment' as const,
      user: toUser(this.#customers.get(entry.userId)),
      invoice_payload: entry.payload,
      ...(entry.isSubscription ? { subscription_period: SUBSCRIPTION_PERIOD_SECONDS } : {}),
    }
    return {
      id: entry.chargeId,
      amount: entry.amount,
      date: entry.date,
      ...(entry.direction === 'in' ? { source: partner } : { receiver: partner }),
    }
  }
}
