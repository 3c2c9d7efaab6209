import type { SandboxContext } from '../context.ts'
import { Blocks } from './blocks.ts'
import { Bots } from './bots.ts'
import { Chats } from './chats.ts'
import { Checkout } from './checkout.ts'
import { Commands } from './commands.ts'
import { InitData } from './init-data.ts'
import { Invoices } from './invoices.ts'
import { SendRate } from './send-rate.ts'
import { SentCounts } from './sent-counts.ts'
import { Stars } from './stars.ts'
import { StarSubscriptions } from './subscriptions.ts'
import { Customers } from './users.ts'

/** The parts of Telegram that the sandbox plays. */
export interface Telegram {
  readonly bots: Bots
  readonly customers: Customers
  readonly blocks: Blocks
  readonly chats: Chats
  readonly commands: Commands
  readonly counts: SentCounts
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
  const blocks = new Blocks(context, bots)
  const counts = new SentCounts(context)
  const chats = new Chats(context, { bots, customers, blocks, counts })
  const stars = new Stars(context, bots, chats, customers)
  const subscriptions = new StarSubscriptions(context, bots, stars, customers)
  return {
    bots,
    customers,
    blocks,
    chats,
    commands: new Commands(context, customers),
    counts,
    invoices: new Invoices(context),
    stars,
    subscriptions,
    checkout: new Checkout(context, { bots, stars, subscriptions, customers }),
    initData: new InitData(context),
    sendRate: new SendRate(context.limits),
  }
}
