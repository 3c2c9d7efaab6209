import { z } from 'zod'

const limitsSchema = z.object({
  /** Messages a bot may send in a second, and at once in the same chat after a pause. */
  messagesPerSecond: z.number().positive().default(30),
  /** Messages a bot may send in a second to one chat, once its burst is used up. */
  messagesPerSecondPerChat: z.number().positive().default(1),
  messageBurstPerChat: z.int().positive().default(20),
  /** Messages beyond those that a bot may send in a second when it pays for them. */
  paidMessagesPerSecond: z.number().positive().default(1_000),
  /** Messages that are kept in all; the oldest go first. */
  messagesKept: z.int().positive().default(10_000),
  /** How long a bot may think about a pre-checkout query. */
  preCheckoutMs: z.int().positive().default(10_000),
  maxInvoiceStars: z.int().positive().default(10_000),
  maxSubscriptionStars: z.int().positive().default(10_000),
  /** Stars in the wallet of a new user. */
  startingStars: z.int().nonnegative().default(10_000),
  /** Redelivery waits 2, 4, 8 ... s, times this. */
  retryScale: z.number().positive().default(1),
  /** How long a webhook may take. */
  deliveryTimeoutMs: z.int().positive().default(60_000),
  /** How long one advance step waits for webhooks that keep failing. */
  quietMs: z.int().positive().default(15_000),
})

/** How a sandbox is set up. */
export const sandboxOptionsSchema = z.object({
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().default('127.0.0.1'),
  /** Where the state is kept; `:memory:` for none. */
  dataDir: z.string().min(1).default(':memory:'),
  bots: z
    .array(
      z.object({
        token: z.string().regex(/^\d+:[\w-]+$/),
        username: z.string().min(1),
        name: z.string().min(1),
        miniAppUrl: z.string().optional(),
      }),
    )
    .default([]),
  shops: z
    .array(
      z.object({
        shopId: z.string().min(1),
        secretKey: z.string().min(1),
        webhookUrl: z.string().optional(),
        /** How receipts reach the buyers of a shop that must issue them (54-FZ). [it need not] */
        receipts: z.enum(['email', 'email_or_phone']).optional(),
      }),
    )
    .default([]),
  stripeAccounts: z
    .array(
      z.object({
        accountId: z.string().min(1),
        secretKey: z.string().regex(/^[rs]k_(live|test)_/),
        webhookSecret: z.string().min(1),
        webhookUrl: z.string().optional(),
      }),
    )
    .default([]),
  /** The origin under which browsers reach the sandbox. [its own address] */
  publicUrl: z.string().optional(),
  limits: limitsSchema.prefault({}),
})

/** How a sandbox is set up. */
export type SandboxOptions = z.input<typeof sandboxOptionsSchema>
/** A bot of the sandbox. */
export type BotOptions = z.output<typeof sandboxOptionsSchema>['bots'][number]
/** A YooKassa shop of the sandbox. */
export type ShopOptions = z.output<typeof sandboxOptionsSchema>['shops'][number]
/** A Stripe account of the sandbox. */
export type StripeAccountOptions = z.output<typeof sandboxOptionsSchema>['stripeAccounts'][number]
/** Rates and limits, Telegram's unless set otherwise. */
export type Limits = z.output<typeof limitsSchema>
