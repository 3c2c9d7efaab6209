import type { SandboxContext } from '../context.ts'
import { Bots } from './bots.ts'
import { Chats } from './chats.ts'
import { Checkout } from './checkout.ts'
import { InitData } from './init-data.ts'
import { Invoices } from './invoices.ts'
import { SendRate } from './send-rate.ts'
import { Stars } from './stars.ts'
import { StarSubscriptions } from './subscriptions.ts'
import { Customers } from './users.ts'

/** The parts of Telegram that the sandbox plays. */
export interface Telegram {
  readonly bots: Bots
  readonly customers: Customers
  readonly chats: Chats
  readonly invoices: Invoices
  readonly stars: Stars
  readonly subscriptions: StarSubscriptions
  readonly checkout: Checkout
  readonly initData: InitData
  readonly sendRate: SendRate
}

/** Builds Telegram on the sandbox's state. */
export function openTelegram(context: SandboxContext): Telegram {
  const bots = new Bots(context)
  const customers = new Customers(context)
  const chats = new Chats(context, bots, customers)
  const stars = new Stars(context, bots, chats, customers)
  const subscriptions = new StarSubscriptions(context, bots, stars, customers)
  return {
    bots,
    customers,
    chats,
    invoices: new Invoices(context),
    stars,
    subscriptions,
    checkout: new Checkout(context, { bots, stars, subscriptions, customers }),
    initData: new InitData(context),
    sendRate: new SendRate(context.limits),
  }
}
