import type { BotSubscriptionUpdated } from '@grammyjs/types'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import type { Bot, Bots } from './bots.ts'
import { type Invoice, SUBSCRIPTION_PERIOD_SECONDS } from './invoices.ts'
import type { Charge, Stars } from './stars.ts'
import { badRequest } from './telegram-error.ts'
import { type Customer, type Customers, toUser } from './users.ts'

/** A customer's promise to pay a bot every 30 days. */
export interface StarSubscription {
  /** The first charge. */
  readonly id: string
  readonly userId: number
  readonly invoice: Invoice
  /** End of the paid period, in ms since 1970, when the next charge is due. */
  readonly untilMs: number
  readonly state: 'active' | 'canceled' | 'failed' | 'expired'
  /** The bot ended it and has not allowed the customer to come back. */
  readonly isBarred: boolean
}

const PERIOD_MS = SUBSCRIPTION_PERIOD_SECONDS * 1_000
const UPDATE_LIFE_SECONDS = 86_400

/** Subscriptions in Stars: bought, renewed when due, ended and taken up again. */
export class StarSubscriptions {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #stars: Stars
  readonly #customers: Customers
  readonly #subscriptions

  constructor(context: SandboxContext, bots: Bots, stars: Stars, customers: Customers) {
    this.#context = context
    this.#bots = bots
    this.#stars = stars
    this.#customers = customers
    this.#subscriptions = context.store.collection<StarSubscription>('star_subscriptions', {
      owner: ({ userId }) => String(userId),
      due: ({ state, untilMs }) => (state === 'active' || state === 'canceled' ? untilMs : null),
    })
  }

  /** Takes the first charge of a subscription. */
  begin(customer: Customer, invoice: Invoice): Charge {
    const id = this.#stars.newChargeId()
    const untilMs = this.#context.clock.now() + PERIOD_MS
    const userId = customer.id
    this.#put({ id, userId, invoice, untilMs, state: 'active', isBarred: false })
    return this.#stars.charge(customer, invoice, { id, subscription: { id, untilMs } })
  }

  /** When the next subscription renews or ends, or null. */
  nextDue(): number | null {
    return this.#subscriptions.nextDue()
  }

  /** Renews or ends what is due; gives how many. */
  renewDue(): number {
    const due = this.#subscriptions.dueBy(this.#context.clock.now())
    for (const subscription of due) {
      this.#context.store.transaction(() => {
        if (subscription.state === 'canceled') this.#put({ ...subscription, state: 'expired' })
        else this.#renew(subscription)
      })
    }
    return due.length
  }

  /** Ends a subscription for the bot, or allows the customer to take it up again. */
  edit(bot: Bot, userId: number, chargeId: string, isCanceled: boolean): void {
    const charge = this.#stars.find(bot, userId, chargeId)
    const subscription = this.#subscriptions.get(charge.subscriptionId ?? '')
    if (!subscription) throw badRequest('CHARGE_ID_INVALID')
    if (!isCanceled) {
      this.#put({ ...subscription, isBarred: false })
      return
    }
    const state = subscription.state === 'active' ? 'canceled' : subscription.state
    this.#put({ ...subscription, state, isBarred: true })
  }

  /** Ends a subscription for the customer. */
  cancel(userId: number, chargeId: string): StarSubscription {
    const subscription = this.#of(userId, chargeId)
    if (subscription.state !== 'active') {
      throw new ControlError(409, `The subscription is ${subscription.state}`)
    }
    return this.#change(subscription, 'canceled')
  }

  /** Takes a subscription up again for the customer; a failed one is charged at once. */
  resume(userId: number, chargeId: string): StarSubscription {
    const subscription = this.#of(userId, chargeId)
    const { state, isBarred } = subscription
    if (isBarred) throw new ControlError(409, 'The bot does not allow to take it up again')
    if (state === 'canceled') return this.#change(subscription, 'active')
    if (state !== 'failed') throw new ControlError(409, `The subscription is ${state}`)
    const untilMs = this.#context.clock.now()
    const renewed = this.#renew({ ...subscription, untilMs })
    if (renewed.state === 'failed') throw new ControlError(402, 'There are too few Stars')
    return renewed
  }

  /** Subscriptions of a customer, oldest first. */
  listOf(userId: number): StarSubscription[] {
    return this.#subscriptions.ownedBy(String(userId))
  }

  #renew(subscription: StarSubscription): StarSubscription {
    const { id, userId, invoice } = subscription
    const customer = this.#customers.get(userId)
    if (customer.stars < invoice.amount) return this.#change(subscription, 'failed')
    const untilMs = subscription.untilMs + PERIOD_MS
    const renewed = this.#put({ ...subscription, state: 'active', untilMs })
    this.#stars.charge(customer, invoice, {
      id: this.#stars.newChargeId(),
      subscription: { id, untilMs },
    })
    return renewed
  }

  #change(
    subscription: StarSubscription,
    state: BotSubscriptionUpdated['state'],
  ): StarSubscription {
    const { userId, invoice } = subscription
    const update = {
      user: toUser(this.#customers.get(userId)),
      invoice_payload: invoice.payload,
      state,
    }
    this.#bots.notify(this.#bots.get(invoice.botId), 'subscription', update, {
      chatId: userId,
      lifeSeconds: UPDATE_LIFE_SECONDS,
    })
    return this.#put({ ...subscription, state })
  }

  #of(userId: number, chargeId: string): StarSubscription {
    const { subscriptionId } = this.#stars.get(userId, chargeId)
    const subscription = this.#subscriptions.get(subscriptionId ?? '')
    if (!subscription) throw new ControlError(404, `Charge ${chargeId} is of no subscription`)
    return subscription
  }

  #put(subscription: StarSubscription): StarSubscription {
    this.#context.activity.changed('stars')
    return this.#subscriptions.put(subscription.id, subscription)
  }
}
