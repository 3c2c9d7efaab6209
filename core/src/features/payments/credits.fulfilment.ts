import { assert, deriveId } from '../../kernel/index.ts'
import type { BalanceService } from '../balance/index.ts'
import type { Fulfilment } from './fulfilment.ts'
import type { Payment } from './payment.ts'
import { GoodsUsed } from './payments.errors.ts'

/**
 * Gives what products of kind `credits` sell, out of `issuance`, and takes it back in proportion.
 *
 * A refund is refused while credits that it would take back are spent. Money that went back by the
 * provider's own will (the buyer's bank, a refund in the provider's console) takes the credits even
 * so, and the account may then go below zero.
 */
export const creditsFulfilment: Fulfilment<{
  readonly balance: Pick<BalanceService, 'credit' | 'reverse' | 'get'>
}> = {
  async fulfil({ balance }, payment) {
    const { unit, amount } = creditsOf(payment)
    await balance.credit({
      id: goodsTransferId(payment),
      userId: payment.userId,
      unit,
      amount,
      reason: 'payment.fulfilled',
      reference: payment.id,
    })
  },

  async checkReversible({ balance }, payment, refundAmount) {
    const taken = creditsTaken(payment, payment.refundedAmount, refundAmount)
    const available = await balance.get(payment.userId, creditsOf(payment).unit)
    if (available < taken) throw new GoodsUsed({ paymentId: payment.id })
  },

  async reverse({ balance }, payment, { refundId, amount, refundedAmount }) {
    const taken = creditsTaken(payment, refundedAmount - amount, amount)
    if (taken === 0n) return
    await balance.reverse({
      id: deriveId(refundId, 'goods'),
      transferId: goodsTransferId(payment),
      amount: taken,
      reason: 'payment.refunded',
      reference: refundId,
    })
  },
}

/** Credits that one refund takes: rounded down so that all refunds together take exactly all. */
export function creditsTaken(payment: Payment, refundedBefore: bigint, refunded: bigint): bigint {
  const { amount } = creditsOf(payment)
  const takenAt = (sum: bigint): bigint => (amount * sum) / payment.amount
  return takenAt(refundedBefore + refunded) - takenAt(refundedBefore)
}

function creditsOf(payment: Payment): { unit: string; amount: bigint } {
  const { credits } = payment.product
  assert(credits, 'A payment for credits says how many')
  return credits
}

function goodsTransferId(payment: Payment): string {
  return deriveId(payment.id, 'goods')
}
