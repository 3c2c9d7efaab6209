import { randomInt, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { type Amount, format, toMinor } from './amount.ts'
import type { Notifications } from './notifications.ts'
import {
  type captureSchema,
  isTestShop,
  type newPaymentSchema,
  type Payment,
  type PaymentMethod,
} from './objects.ts'
import type { Receipt } from './receipt-objects.ts'
import type { Receipts } from './receipts.ts'
import { invalid, YookassaError } from './yookassa-error.ts'

const CONFIRMATION_LIFE_MS = 3_600_000
const HOLD_MS = 7 * 24 * 3_600_000
/** What YooKassa keeps of a payment, in thousandths. */
const FEE_PER_MILLE = 35

/** A payment with what YooKassa does not show. */
export interface StoredPayment {
  readonly shopId: string
  readonly payment: Payment
  readonly captures: boolean
  readonly savesMethod: boolean
  /** When it settles or expires by itself, in ms since 1970, or null. */
  readonly dueMs: number | null
  /** How it settles by itself; absent when it expires. */
  readonly outcome?: { readonly succeeds: boolean; readonly reason: string } | undefined
}

/** Payments of the shops, from the request to the money. */
export class YookassaPayments {
  readonly #context: SandboxContext
  readonly #notifications: Notifications
  readonly #receipts: Receipts
  readonly #payments
  readonly #methods

  constructor(context: SandboxContext, notifications: Notifications, receipts: Receipts) {
    this.#context = context
    this.#notifications = notifications
    this.#receipts = receipts
    this.#payments = context.store.collection<StoredPayment>('payments', {
      owner: ({ shopId }) => shopId,
      due: ({ dueMs }) => dueMs,
    })
    this.#methods = context.store.collection<PaymentMethod & { shopId: string }>('payment_methods')
  }

  /** Starts a payment: to be confirmed by the buyer, or by a saved method at once. */
  create(shopId: string, input: z.output<typeof newPaymentSchema>): Payment {
    const id = randomUUID()
    const { clock } = this.#context
    const { amount, description, metadata, merchant_customer_id, confirmation, receipt } = input
    this.#receipts.check(shopId, receipt, amount)
    const stored: StoredPayment = {
      shopId,
      captures: input.capture,
      savesMethod: input.save_payment_method ?? false,
      dueMs: clock.now() + CONFIRMATION_LIFE_MS,
      payment: {
        id,
        status: 'pending',
        amount,
        description,
        recipient: { account_id: shopId, gateway_id: shopId },
        created_at: clock.iso(),
        test: isTestShop(this.#context.shops, shopId),
        paid: false,
        refundable: false,
        metadata: metadata ?? {},
        merchant_customer_id,
        ...(receipt ? { receipt_registration: 'pending' as const } : {}),
      },
    }
    if (receipt) {
      const parts = { type: 'payment', payment_id: id, isWithMoney: true } as const
      this.#receipts.add(shopId, receipt, { ...parts, isWaiting: true })
    }
    if (input.payment_method_id) {
      return this.#chargeSaved(stored, this.method(shopId, input.payment_method_id))
    }
    if (!confirmation)
      throw invalid('A payment needs a confirmation or a saved method', 'confirmation')
    const confirmation_url = `${this.#context.publicUrl()}/sandbox/yookassa/confirm/${id}`
    const { return_url } = confirmation
    return this.#put({
      ...stored,
      payment: {
        ...stored.payment,
        confirmation: { type: 'redirect', return_url, confirmation_url },
      },
    })
  }

  /** The buyer pays. */
  succeed(id: string, options: { readonly withThreeDSecure?: boolean } = {}): Payment {
    const stored = this.#open(id)
    const { savesMethod, shopId } = stored
    const method: PaymentMethod = stored.payment.payment_method ?? testCard(id, savesMethod)
    if (savesMethod) this.#methods.put(method.id, { ...method, shopId })
    return this.#authorize(stored, method, options.withThreeDSecure ?? false)
  }

  /** The buyer's bank refuses. */
  decline(id: string, reason = 'general_decline'): Payment {
    return this.#cancel(this.#open(id), 'payment_network', reason)
  }

  /** The time for the next step runs out. */
  expire(id: string): Payment {
    const stored = this.get(id)
    const { status } = stored.payment
    if (status === 'pending') return this.#cancel(stored, 'yoo_money', 'expired_on_confirmation')
    if (status === 'waiting_for_capture') {
      return this.#cancel(stored, 'yoo_money', 'expired_on_capture')
    }
    throw invalid(`The payment is ${status}`)
  }

  /** Takes held money, all or less; what is left goes back to the buyer. */
  capture(stored: StoredPayment, input: z.output<typeof captureSchema>): Payment {
    const { payment } = stored
    if (payment.status !== 'waiting_for_capture') {
      throw invalid(`Payment in status ${payment.status} cannot be captured`)
    }
    const amount = input.amount ?? payment.amount
    const isMore = toMinor(amount.value) > toMinor(payment.amount.value)
    if (isMore || amount.currency !== payment.amount.currency) {
      throw invalid('More than the payment cannot be captured', 'amount.value')
    }
    const isPartial = toMinor(amount.value) < toMinor(payment.amount.value)
    if (isPartial || input.receipt) this.#receipts.check(stored.shopId, input.receipt, amount)
    if (!isPartial || !input.receipt) return this.#take(stored, amount)
    this.#returnReceipt(stored)
    const parts = { type: 'payment', payment_id: payment.id, isWithMoney: true } as const
    this.#receipts.add(stored.shopId, input.receipt, parts)
    const changed = { ...payment, receipt_registration: 'pending' } as const
    return this.#take({ ...stored, payment: changed }, amount)
  }

  /** Gives held money back. */
  cancel(stored: StoredPayment): Payment {
    if (stored.payment.status !== 'waiting_for_capture') {
      throw invalid(`Payment in status ${stored.payment.status} cannot be canceled`)
    }
    this.#returnReceipt(stored)
    return this.#cancel(stored, 'merchant', 'canceled_by_merchant')
  }

  /** Notes that some of a payment went back. */
  addRefund(stored: StoredPayment, minor: number): void {
    const { payment } = stored
    const refunded = toMinor(payment.refunded_amount?.value ?? '0') + minor
    this.#put({
      ...stored,
      payment: {
        ...payment,
        refunded_amount: { ...payment.amount, value: format(refunded) },
        refundable: refunded < toMinor(payment.amount.value),
      },
    })
  }

  /** Notes how the registration of the sale's receipt went. */
  noteReceipt(id: string, receipt_registration: Receipt['status']): void {
    const stored = this.get(id)
    this.#put({ ...stored, payment: { ...stored.payment, receipt_registration } })
  }

  /** A payment of any shop, which must exist. */
  get(id: string): StoredPayment {
    const stored = this.#payments.get(id)
    if (!stored) throw notFound('payment')
    return stored
  }

  /** A payment of a shop, which must exist. */
  of(shopId: string, id: string): StoredPayment {
    const stored = this.get(id)
    if (stored.shopId !== shopId) throw notFound('payment')
    return stored
  }

  /** Payments of a shop with their places, oldest first. */
  entries(shopId: string): { seq: number; value: Payment }[] {
    return this.#payments.entries(shopId).map(({ seq, value }) => ({ seq, value: value.payment }))
  }

  /** A saved method of a shop, which must exist. */
  method(shopId: string, id: string): PaymentMethod {
    const stored = this.#methods.get(id)
    if (stored?.shopId !== shopId) throw notFound('payment method')
    const { shopId: _, ...method } = stored
    return method
  }

  /** Takes the buyer's permission away: later charges of the method are refused. */
  revoke(id: string): void {
    const method = this.#methods.get(id)
    if (!method) throw notFound('payment method')
    this.#methods.put(id, { ...method, status: 'inactive' })
  }

  /** When the next payment settles or expires, or null. */
  nextDue(): number | null {
    return this.#payments.nextDue()
  }

  /** Settles and expires what is due; gives how many. */
  settleDue(): number {
    const due = this.#payments.dueBy(this.#context.clock.now())
    for (const { payment, outcome } of due) {
      this.#context.store.transaction(() => {
        if (!outcome) this.expire(payment.id)
        else if (outcome.succeeds) this.succeed(payment.id)
        else this.decline(payment.id, outcome.reason)
      })
    }
    return due.length
  }

  #chargeSaved(stored: StoredPayment, method: PaymentMethod): Payment {
    const { faults, clock } = this.#context
    const charged = { ...stored, payment: { ...stored.payment, payment_method: method } }
    if (method.status !== 'active') return this.#cancel(charged, 'yoo_money', 'permission_revoked')
    const call = { method: 'POST /payments', paymentMethodId: method.id }
    const declined = faults.take('yookassa', 'decline', call)
    if (declined) return this.#cancel(charged, 'payment_network', declined.reason)
    const slow = faults.take('yookassa', 'pending', call)
    if (!slow) return this.#authorize(charged, method, false)
    return this.#put({
      ...charged,
      dueMs: clock.now() + slow.settle_after_seconds * 1_000,
      outcome: { succeeds: slow.outcome === 'succeeded', reason: slow.reason },
    })
  }

  #authorize(stored: StoredPayment, method: PaymentMethod, withThreeDSecure: boolean): Payment {
    const { confirmation: _, ...payment } = stored.payment
    const authorized = {
      ...stored,
      payment: {
        ...payment,
        paid: true,
        payment_method: method,
        authorization_details: {
          rrn: digits(12),
          auth_code: digits(6),
          three_d_secure: { applied: withThreeDSecure },
        },
      },
    }
    this.#receipts.begin(payment.id)
    if (stored.captures) return this.#take(authorized, stored.payment.amount)
    const held = this.#put({
      ...authorized,
      dueMs: this.#context.clock.now() + HOLD_MS,
      outcome: undefined,
      payment: {
        ...authorized.payment,
        status: 'waiting_for_capture',
        expires_at: this.#context.clock.iso(HOLD_MS),
      },
    })
    this.#notifications.send(stored.shopId, 'payment.waiting_for_capture', held)
    return held
  }

  #take(stored: StoredPayment, amount: Amount): Payment {
    const { expires_at: _, ...payment } = stored.payment
    const minor = toMinor(amount.value)
    const income = minor - Math.ceil((minor * FEE_PER_MILLE) / 1_000)
    const taken = this.#put({
      ...stored,
      dueMs: null,
      outcome: undefined,
      payment: {
        ...payment,
        status: 'succeeded',
        amount,
        income_amount: { ...amount, value: format(income) },
        refunded_amount: { ...amount, value: format(0) },
        captured_at: this.#context.clock.iso(),
        paid: true,
        refundable: true,
      },
    })
    this.#notifications.send(stored.shopId, 'payment.succeeded', taken)
    return taken
  }

  #cancel(stored: StoredPayment, party: string, reason: string): Payment {
    const { confirmation: _, expires_at: __, ...payment } = stored.payment
    const wasHeld = payment.status === 'waiting_for_capture'
    if (!wasHeld) this.#receipts.drop(payment.id)
    const canceled = this.#put({
      ...stored,
      dueMs: null,
      outcome: undefined,
      payment: {
        ...payment,
        status: 'canceled',
        paid: false,
        refundable: false,
        cancellation_details: { party, reason },
        ...(payment.receipt_registration && !wasHeld
          ? { receipt_registration: 'canceled' as const }
          : {}),
      },
    })
    this.#notifications.send(stored.shopId, 'payment.canceled', canceled)
    return canceled
  }

  /** Held money was sold already, as far as receipts go: another one takes the sale back. */
  #returnReceipt({ shopId, payment }: StoredPayment): void {
    const sold = this.#receipts.dataOf(payment.id)
    if (sold) this.#receipts.add(shopId, sold, { type: 'refund', payment_id: payment.id })
  }

  #open(id: string): StoredPayment {
    const stored = this.get(id)
    if (stored.payment.status !== 'pending')
      throw invalid(`The payment is ${stored.payment.status}`)
    return stored
  }

  #put(stored: StoredPayment): Payment {
    this.#context.activity.changed('yookassa')
    return this.#payments.put(stored.payment.id, stored).payment
  }
}

function notFound(what: string): YookassaError {
  return new YookassaError(404, `There is no such ${what}`)
}

function testCard(id: string, saved: boolean): PaymentMethod {
  return {
    type: 'bank_card',
    id,
    saved,
    status: saved ? 'active' : 'inactive',
    title: 'Bank card *4444',
    card: {
      first6: '555555',
      last4: '4444',
      expiry_year: '2040',
      expiry_month: '12',
      card_type: 'MasterCard',
      issuer_country: 'RU',
    },
  }
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}
