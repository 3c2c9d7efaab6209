import type { Message } from '@grammyjs/types'
import type { PayResult } from '../telegram/checkout.ts'
import type { Charge } from '../telegram/stars.ts'
import type { StarSubscription } from '../telegram/subscriptions.ts'
import type { Customer } from '../telegram/users.ts'

/** Sends one request to the control API and gives what it answers. */
export type ControlRequest = <T>(method: string, path: string, body?: unknown) => Promise<T>

/** A message of a chat, who wrote it, and the link that its Pay button pays. */
export type ChatMessage = Message & { readonly by: 'bot' | 'user'; readonly invoice_link?: string }

/** What a customer has. */
export interface Wallet extends Customer {
  readonly charges: readonly Charge[]
  readonly subscriptions: readonly (Pick<StarSubscription, 'id' | 'state' | 'isBarred'> & {
    readonly title: string
    readonly amount: number
    readonly payload: string
    readonly until: string
  })[]
}

/** Plays one customer. */
export class UserControl {
  readonly #id: () => Promise<number>
  readonly #request: ControlRequest

  constructor(id: () => Promise<number>, request: ControlRequest) {
    this.#id = id
    this.#request = request
  }

  /** The number Telegram knows the customer by. */
  id(): Promise<number> {
    return this.#id()
  }

  /** What the customer's Mini App is handed on launch. */
  async initData(options: { startParam?: string; bot?: string } = {}): Promise<string> {
    const body = { start_param: options.startParam, bot: options.bot }
    return (await this.#post<{ initData: string }>('/init-data', body)).initData
  }

  /** Types a message to the bot, perhaps in reply to another of the chat. */
  say(text: string, options: { replyTo?: number } = {}): Promise<ChatMessage> {
    return this.#post('/messages', { text, reply_to: options.replyTo })
  }

  /** Presses an inline button. */
  press(messageId: number, data: string): Promise<{ id: string }> {
    return this.#post('/callback', { message_id: messageId, data })
  }

  /** Blocks the bot, which then reaches the customer no more. */
  blockBot(): Promise<void> {
    return this.#post('/block', {})
  }

  /** Lets a bot that was blocked write again. */
  unblockBot(): Promise<void> {
    return this.#post('/unblock', {})
  }

  /** Pays an invoice, by its link or by the number of the message that carries it. */
  pay(invoice: string | number): Promise<PayResult> {
    const body = typeof invoice === 'string' ? { link: invoice } : { message_id: invoice }
    return this.#post('/pay', body)
  }

  /** Messages of the chat with the bot, oldest first. */
  async chat(): Promise<ChatMessage[]> {
    const path = `/users/${await this.#id()}/chat`
    return (await this.#request<{ items: ChatMessage[] }>('GET', path)).items
  }

  /** The wallet, with charges and subscriptions. */
  async wallet(): Promise<Wallet> {
    return this.#request('GET', `/users/${await this.#id()}`)
  }

  /** Tops the wallet up, or takes Stars out with a negative amount. */
  addStars(amount: number): Promise<Wallet> {
    return this.#post('/stars', { amount })
  }

  /** Ends a subscription from the customer's side. */
  cancelSubscription(chargeId: string): Promise<Wallet> {
    return this.#post(`/subscriptions/${chargeId}/cancel`, {})
  }

  /** Takes a subscription up again; one that failed is charged at once. */
  resumeSubscription(chargeId: string): Promise<Wallet> {
    return this.#post(`/subscriptions/${chargeId}/resume`, {})
  }

  /** Has the app store take a charge back. */
  chargeBack(chargeId: string): Promise<Charge> {
    return this.#post('/chargeback', { charge_id: chargeId })
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    return this.#request('POST', `/users/${await this.#id()}${path}`, body)
  }
}
