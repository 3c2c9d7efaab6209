import { randomInt, randomUUID } from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import { YookassaError } from './yookassa-error.ts'

/** A fiscal receipt as YooKassa shows it. */
export interface Receipt {
  readonly id: string
  readonly type: 'payment' | 'refund'
  readonly payment_id?: string | undefined
  readonly refund_id?: string | undefined
  readonly status: 'pending' | 'succeeded' | 'canceled'
  readonly fiscal_document_number?: string
  readonly fiscal_storage_number?: string
  readonly fiscal_attribute?: string
  readonly registered_at?: string
  readonly items: readonly unknown[]
  readonly tax_system_code?: number | undefined
  readonly customer: unknown
}

interface StoredReceipt {
  readonly shopId: string
  readonly receipt: Receipt
}

/** Receipts of the shops. */
export class Receipts {
  readonly #context: SandboxContext
  readonly #receipts

  constructor(context: SandboxContext) {
    this.#context = context
    this.#receipts = context.store.collection<StoredReceipt>('receipts', {
      owner: ({ shopId }) => shopId,
    })
  }

  /** Adds a receipt that waits for its money. */
  add(shopId: string, input: Omit<Receipt, 'id' | 'status'>): Receipt {
    const id = `rt-${randomUUID()}`
    return this.#receipts.put(id, { shopId, receipt: { ...input, id, status: 'pending' } }).receipt
  }

  /** Adds a receipt of money that has moved. */
  addRegistered(shopId: string, input: Omit<Receipt, 'id' | 'status'>): Receipt {
    return this.#register({ shopId, receipt: this.add(shopId, input) })
  }

  /** Registers the waiting receipts of a payment. */
  register(paymentId: string): void {
    for (const stored of this.#receipts.all()) {
      const { payment_id, status } = stored.receipt
      if (payment_id === paymentId && status === 'pending') this.#register(stored)
    }
  }

  /** A receipt of a shop, which must exist. */
  of(shopId: string, id: string): Receipt {
    const stored = this.#receipts.get(id)
    if (stored?.shopId !== shopId) throw new YookassaError(404, 'There is no such receipt')
    return stored.receipt
  }

  /** Receipts of a shop with their places, oldest first. */
  entries(shopId: string): { seq: number; value: Receipt }[] {
    return this.#receipts.entries(shopId).map(({ seq, value }) => ({ seq, value: value.receipt }))
  }

  #register({ shopId, receipt }: StoredReceipt): Receipt {
    const number = () => String(randomInt(1, 2 ** 31))
    const registered: Receipt = {
      ...receipt,
      status: 'succeeded',
      fiscal_document_number: number(),
      fiscal_storage_number: number(),
      fiscal_attribute: number(),
      registered_at: this.#context.clock.iso(),
    }
    return this.#receipts.put(receipt.id, { shopId, receipt: registered }).receipt
  }
}
