import type { LogEntry } from '../activity.ts'
import type { ClockState } from '../clock/clock.ts'
import type { Advanced } from '../clock/clock-mover.ts'
import type { Delivery } from '../delivery/delivery-store.ts'
import type { FaultInput, StoredFault } from '../faults.ts'
import type { ReceivedMail } from '../mail/mailbox.ts'
import type { CheckoutSession, Dispute, PaymentIntent, PaymentMethod } from '../stripe/objects.ts'
import type { SentCount } from '../telegram/sent-counts.ts'
import type { Payment } from '../yookassa/objects.ts'
import type { StoredReceipt } from '../yookassa/receipts.ts'
import type { Transaction } from './transactions.ts'
import { type ControlRequest, UserControl } from './user-control.ts'

/** The sandbox refused a request of the control API. */
export class ControlRefused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A span of time. */
export interface Span {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
}

/** Drives a sandbox over HTTP: plays customers, moves the clock, makes trouble, reads the books. */
export class SandboxControl {
  readonly url: string
  readonly #users = new Map<string, UserControl>()

  /** Takes the origin of a sandbox, or of whatever passes `/sandbox/*` on to it. */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '')
  }

  /** The customer that this control knows under a name; added to the sandbox when first needed. */
  user(name: string, details: NewUser = {}): UserControl {
    const known = this.#users.get(name)
    if (known) return known
    let id: Promise<number> | undefined
    const add = () =>
      this.request<{ id: number }>('POST', '/users', { first_name: name, ...details })
    const user = new UserControl(() => (id ??= add().then((added) => added.id)), this.request)
    this.#users.set(name, user)
    return user
  }

  /** The customer of an id. */
  userById(id: number): UserControl {
    return new UserControl(async () => id, this.request)
  }

  /** The sandbox's clock, shared with the platforms. */
  readonly clock = {
    now: async (): Promise<Date> => new Date((await this.clock.state()).now),
    state: (): Promise<ClockState> => this.request('GET', '/clock'),
    /** Moves the clock forward; resolves when all that fell due is done everywhere. */
    advance: (span: Span): Promise<Advanced> =>
      this.request('POST', '/clock/advance', { seconds: toSeconds(span) }),
    /** Moves it to an instant, however far it has run on by itself. */
    advanceTo: (instant: Date): Promise<Advanced> =>
      this.request('POST', '/clock/advance', { to: instant.toISOString() }),
    /** Has a platform follow the clock. */
    register: (platform: { url: string; token: string }): Promise<ClockState> =>
      this.request('POST', '/clock/platforms', platform),
  }

  /** What a test can do to Telegram. */
  readonly telegram = {
    transactions: () => this.transactions('telegram-stars'),
    /** Adds up to 200,000 customers at once, with ids from `first` to `last`. */
    addUsers: (count: number, details: NewUser = {}): Promise<{ first: number; last: number }> =>
      this.request('POST', '/users/bulk', { first_name: 'User', ...details, count }),
    /** How many messages the bot sent to each chat, and how many of them it paid for. */
    sentCounts: async (): Promise<SentCount[]> =>
      (await this.request<{ items: SentCount[] }>('GET', '/chats/counts')).items,
    /** Sends every update that was delivered once more. */
    deliverTwice: () => this.redeliver({ provider: 'telegram' }),
  }

  /** What a test can do to YooKassa, and what its buyers do. */
  readonly yookassa = {
    transactions: () => this.transactions('yookassa'),
    payments: async (): Promise<Payment[]> =>
      (await this.request<{ items: Payment[] }>('GET', '/yookassa/payments')).items,
    /** Receipts of all shops with their customers, oldest first. */
    receipts: async (): Promise<ShopReceipt[]> =>
      (await this.request<{ items: ShopReceipt[] }>('GET', '/yookassa/receipts')).items,
    succeed: (id: string): Promise<Payment> =>
      this.request('POST', `/yookassa/payments/${id}/succeed`),
    decline: (id: string, reason?: string): Promise<Payment> =>
      this.request('POST', `/yookassa/payments/${id}/decline`, { reason }),
    expire: (id: string): Promise<Payment> =>
      this.request('POST', `/yookassa/payments/${id}/expire`),
    /** Takes the buyer's permission for a saved method away. */
    revoke: (methodId: string): Promise<unknown> =>
      this.request('POST', `/yookassa/payment_methods/${methodId}/revoke`),
    /** Sends every notification that was delivered once more. */
    deliverTwice: () => this.redeliver({ provider: 'yookassa' }),
  }

  /** What a test can do to Stripe, and what its buyers and their banks do. */
  readonly stripe = {
    transactions: () => this.transactions('stripe'),
    /** Sessions of all accounts with what they sell, oldest first. */
    sessions: async (): Promise<ShownSession[]> =>
      (await this.request<{ items: ShownSession[] }>('GET', '/stripe/sessions')).items,
    payments: async (): Promise<PaymentIntent[]> =>
      (await this.request<{ items: PaymentIntent[] }>('GET', '/stripe/payment_intents')).items,
    pay: (sessionId: string): Promise<CheckoutSession> =>
      this.request('POST', `/stripe/sessions/${sessionId}/pay`),
    decline: (sessionId: string, reason?: string): Promise<CheckoutSession> =>
      this.request('POST', `/stripe/sessions/${sessionId}/decline`, { reason }),
    expire: (sessionId: string): Promise<CheckoutSession> =>
      this.request('POST', `/stripe/sessions/${sessionId}/expire`),
    /** The buyer tells their bank that they did not buy this; the bank takes the money back. */
    dispute: (
      paymentIntentId: string,
      facts: { amount?: number; reason?: string } = {},
    ): Promise<Dispute> =>
      this.request('POST', `/stripe/payment_intents/${paymentIntentId}/dispute`, facts),
    closeDispute: (disputeId: string, status: 'won' | 'lost'): Promise<Dispute> =>
      this.request('POST', `/stripe/disputes/${disputeId}/close`, { status }),
    /** Takes a saved card from its customer: it can never be charged again. */
    detach: (methodId: string): Promise<PaymentMethod> =>
      this.request('POST', `/stripe/payment_methods/${methodId}/detach`),
    /** Sends every event that was delivered once more. */
    deliverTwice: () => this.redeliver({ provider: 'stripe' }),
  }

  /** The last 200 mails of an address, oldest first. */
  async mailbox(address: string): Promise<ReceivedMail[]> {
    const path = `/mail?address=${encodeURIComponent(address)}`
    return (await this.request<{ items: ReceivedMail[] }>('GET', path)).items
  }

  /** Switches that make a provider misbehave. */
  readonly faults = {
    add: (fault: FaultInput): Promise<StoredFault> => this.request('POST', '/faults', fault),
    list: async (): Promise<StoredFault[]> =>
      (await this.request<{ items: StoredFault[] }>('GET', '/faults')).items,
    clear: (): Promise<void> => this.request('DELETE', '/faults'),
  }

  /** What providers tell the app, one by one: for tests that choose the order. */
  readonly deliveries = {
    /** The last 200, oldest first; with a fault `hold` they wait as `pending`. */
    list: async (): Promise<ListedDelivery[]> =>
      (await this.request<{ items: ListedDelivery[] }>('GET', '/deliveries')).items,
    /** Sends one right now, whether it is held, was delivered already, or has expired. */
    send: (seq: number): Promise<{ accepted: boolean }> =>
      this.request('POST', `/deliveries/${seq}/send`),
  }

  /** Sends past deliveries again, several times and in any order if asked. */
  redeliver(options: {
    readonly provider: Delivery['provider']
    readonly times?: number
    readonly shuffle?: boolean
  }): Promise<{ sent: number; accepted: number }> {
    return this.request('POST', '/redeliver', options)
  }

  /** The providers' books, oldest first. */
  async transactions(provider?: Transaction['provider']): Promise<Transaction[]> {
    const query = provider ? `?provider=${provider}` : ''
    return (await this.request<{ items: Transaction[] }>('GET', `/transactions${query}`)).items
  }

  /** The last calls and deliveries, oldest first. */
  async log(): Promise<LogEntry[]> {
    return (await this.request<{ items: LogEntry[] }>('GET', '/log')).items
  }

  /** The key that verifies the signatures of init data, as hex. */
  async publicKey(): Promise<string> {
    return (await this.request<{ publicKey: string }>('GET', '/public-key')).publicKey
  }

  /** Sends one request to the control API. */
  readonly request: ControlRequest = async <T>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`${this.url}/sandbox/api${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new ControlRefused(response.status, readDetail(text))
    return parse<T>(text)
  }
}

/** A receipt with its shop, and with what else only the buyer and the tax office get to see. */
export type ShopReceipt = StoredReceipt['receipt'] & Pick<StoredReceipt, 'shopId' | 'customer'>

/** A session of Stripe with what it sells. */
export type ShownSession = CheckoutSession & { readonly title: string }

/** A delivery as the control API shows it. */
export interface ListedDelivery
  extends Pick<Delivery, 'seq' | 'provider' | 'account' | 'kind' | 'attempts' | 'status'> {
  readonly expires_at: string
  readonly body: unknown
}

/** What a customer may be given at the start. */
export interface NewUser {
  readonly first_name?: string
  readonly last_name?: string
  readonly username?: string
  readonly language_code?: string
  readonly stars?: number
}

function toSeconds({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): number {
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

/** The control API answers what its types here say; both sides are of this package. */
function parse<T>(text: string): T {
  return JSON.parse(text === '' ? 'null' : text)
}

function readDetail(text: string): string {
  try {
    return String(JSON.parse(text).detail)
  } catch {
    return text
  }
}
