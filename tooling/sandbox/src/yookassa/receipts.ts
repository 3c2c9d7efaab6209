import { randomInt, randomUUID } from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import type { ShopOptions } from '../options.ts'
import type { Amount } from './amount.ts'
import { checkReceipt, type NewReceipt, type Receipt, type ReceiptData } from './receipt-objects.ts'
import { invalid, YookassaError } from './yookassa-error.ts'

const REGISTRATION_MS = 5_000
const MAX_RECEIPTS = 30

/** A receipt with what YooKassa does not show. */
export interface StoredReceipt {
  readonly shopId: string
  readonly receipt: Receipt
  /** What only the buyer and the tax office get to see. */
  readonly customer: ReceiptData['customer']
  /** Came with a payment or a refund, which then shows its registration. */
  readonly isWithMoney: boolean
  /** When it is registered, in ms since 1970; null while it waits for its money, or is done. */
  readonly dueMs: number | null
}

/** What a receipt is made of. */
export interface ReceiptParts {
  readonly type: Receipt['type']
  readonly payment_id?: string | undefined
  readonly refund_id?: string | undefined
  readonly settlements?: NewReceipt['settlements']
  readonly isWithMoney?: boolean
  /** Waits for its money. [false] */
  readonly isWaiting?: boolean
}

/** Fiscal receipts of the shops (54-FZ), registered some seconds after they are made. */
export class Receipts {
  readonly #context: SandboxContext
  readonly #receipts

  constructor(context: SandboxContext) {
    this.#context = context
    this.#receipts = context.store.collection<StoredReceipt>('receipts', {
      owner: ({ receipt }) => receipt.refund_id ?? receipt.payment_id ?? '',
      due: ({ dueMs }) => dueMs,
    })
  }

  /** Refuses a request that moves money without the receipt that the shop must issue. */
  check(shopId: string, receipt: ReceiptData | undefined, total: Amount): void {
    const shop = this.#shop(shopId)
    if (receipt) checkReceipt(shop, receipt, total)
    else if (shop.receipts) throw invalid('Receipt is missing or illegal', 'receipt')
  }

  /** Adds a receipt, which is registered in a moment unless it waits for its money. */
  add(shopId: string, data: ReceiptData, parts: ReceiptParts): Receipt {
    const { type, payment_id, refund_id, settlements, isWithMoney = false, isWaiting } = parts
    if (this.#receipts.ownedBy(refund_id ?? payment_id ?? '').length >= MAX_RECEIPTS) {
      throw invalid(`At most ${MAX_RECEIPTS} receipts belong to one payment or refund`)
    }
    return this.#put({
      shopId,
      customer: data.customer,
      isWithMoney,
      dueMs: isWaiting ? null : this.#context.clock.now() + REGISTRATION_MS,
      receipt: {
        id: `rt-${randomUUID()}`,
        type,
        payment_id,
        refund_id,
        status: 'pending',
        items: data.items,
        settlements,
        tax_system_code: data.tax_system_code,
      },
    })
  }

  /** The money of a payment or refund has moved: what waits for it is registered in a moment. */
  begin(id: string): void {
    for (const stored of this.#waiting(id)) {
      this.#put({ ...stored, dueMs: this.#context.clock.now() + REGISTRATION_MS })
    }
  }

  /** The money of a payment or refund never moves: what waits for it is not registered. */
  drop(id: string): void {
    for (const stored of this.#waiting(id)) {
      this.#put({ ...stored, receipt: { ...stored.receipt, status: 'canceled' } })
    }
  }

  /** What the newest sale's receipt of a payment holds, or undefined. */
  dataOf(payment_id: string): ReceiptData | undefined {
    const stored = this.#receipts
      .ownedBy(payment_id)
      .findLast(({ isWithMoney, receipt }) => isWithMoney && receipt.type === 'payment')
    if (!stored) return undefined
    const { items, tax_system_code } = stored.receipt
    return {
      customer: stored.customer,
      items,
      ...(tax_system_code ? { tax_system_code } : {}),
    }
  }

  /** A receipt of a shop, which must exist. */
  get(shopId: string, id: string): Receipt {
    const stored = this.#receipts.get(id)
    if (stored?.shopId !== shopId) throw new YookassaError(404, 'There is no such receipt')
    return stored.receipt
  }

  /** Receipts of a shop, or of one of its payments or refunds, with their places, oldest first. */
  entries(shopId: string, of?: string): { seq: number; value: Receipt }[] {
    return this.#receipts
      .entries(of)
      .filter(({ value }) => value.shopId === shopId)
      .map(({ seq, value }) => ({ seq, value: value.receipt }))
  }

  /** All receipts with their customers, oldest first. */
  list(): StoredReceipt[] {
    return this.#receipts.all()
  }

  /** When the next receipt is registered, or null. */
  nextDue(): number | null {
    return this.#receipts.nextDue()
  }

  /** Registers what is due, tells `note` of what came with money, and gives how many. */
  settleDue(note: (stored: StoredReceipt) => void): number {
    const { clock, faults, store } = this.#context
    const due = this.#receipts.dueBy(clock.now())
    for (const stored of due) {
      store.transaction(() => {
        const isRejected = faults.take('yookassa', 'reject_receipt', { method: 'POST /receipts' })
        const receipt = isRejected
          ? { ...stored.receipt, status: 'canceled' as const }
          : this.#registered(stored.receipt)
        this.#put({ ...stored, dueMs: null, receipt })
        if (stored.isWithMoney) note({ ...stored, receipt })
      })
    }
    return due.length
  }

  #registered(receipt: Receipt): Receipt {
    const number = () => String(randomInt(1, 2 ** 31))
    return {
      ...receipt,
      status: 'succeeded',
      fiscal_document_number: number(),
      fiscal_storage_number: number(),
      fiscal_attribute: number(),
      fiscal_provider_id: randomUUID(),
      registered_at: this.#context.clock.iso(),
    }
  }

  #waiting(id: string): StoredReceipt[] {
    return this.#receipts
      .ownedBy(id)
      .filter(
        ({ receipt, dueMs, isWithMoney }) =>
          isWithMoney && receipt.status === 'pending' && dueMs === null,
      )
  }

  #shop(shopId: string): ShopOptions {
    const shop = this.#context.shops.find((candidate) => candidate.shopId === shopId)
    if (!shop) throw new YookassaError(401, 'There is no such shop')
    return shop
  }

  #put(stored: StoredReceipt): Receipt {
    this.#context.activity.changed('yookassa')
    return this.#receipts.put(stored.receipt.id, stored).receipt
  }
}
