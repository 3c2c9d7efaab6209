import { assert, deriveId, isAppError } from '../../kernel/index.ts'
import type { BalanceService, HoldsService } from '../balance/index.ts'
import type { Fulfilment, RefundedPart } from './fulfilment.ts'
import type { Payment } from './payment.ts'
import { GoodsUsed } from './payments.errors.ts'

/** What we do about a refund of credits that are spent: refuse it, or let the buyer owe them. */
export type SpentCredits = 'refuse' | 'owe'

interface CreditsScope {
  readonly balance: Pick<BalanceService, 'credit' | 'list' | 'reverse'>
  readonly holds: Pick<HoldsService, 'place' | 'release'>
}

/**
 * Gives what products of kind `credits` sell, out of `issuance`, and takes it back in proportion.
 *
 * A refund holds the credits that it will take back. When they are spent, it is refused, or with
 * `owe` made all the same: the account then goes below zero. Money that went back by the provider's
 * own will (the buyer's bank, a refund in the provider's console) takes the credits in any case.
 */
export function creditsFulfilment(spentCredits: SpentCredits): Fulfilment<CreditsScope> {
  return { ...CREDITS, reserve: (tx, payment, part) => reserve(tx, payment, part, spentCredits) }
}

const CREDITS: Fulfilment<CreditsScope> = {
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

  async release({ holds }, _payment, { refundId }) {
    await holds.release(holdId(refundId))
  },

  async reverse({ balance, holds }, payment, { refundId, amount, refundedAmount }) {
    const hold = await holds.release(holdId(refundId))
    const taken = creditsTaken(payment, refundedAmount - amount, amount)
    if (taken === 0n) return
    await balance.reverse({
      id: deriveId(refundId, 'goods'),
      transferId: goodsTransferId(payment),
      amount: taken,
      from: await giverOf(balance, payment, { heldBy: hold?.userId, taken }),
      reason: 'payment.refunded',
      reference: refundId,
    })
  },
}

async function reserve(
  { balance, holds }: CreditsScope,
  payment: Payment,
  { refundId, amount }: RefundedPart,
  spentCredits: SpentCredits,
): Promise<void> {
  const taken = creditsTaken(payment, payment.refundedAmount, amount)
  if (taken === 0n) return
  const { unit } = creditsOf(payment)
  const account = (await balance.list(payment.userId)).find((held) => held.unit === unit)
  const isThere = account !== undefined && account.amount - account.held >= taken
  if (!isThere && spentCredits === 'owe') return
  try {
    await holds.place({
      id: holdId(refundId),
      userId: payment.userId,
      unit,
      amount: taken,
      reason: 'payment.refund_requested',
      reference: refundId,
    })
  } catch (error) {
    if (!isAppError(error) || error.code !== 'balance.insufficient_funds') throw error
    throw new GoodsUsed({ paymentId: payment.id }, { cause: error })
  }
}

/**
 * Who gives the credits back: who has the payment now. A refund that was asked for before a guest was
 * merged has set the guest's aside; then those are still there.
 */
async function giverOf(
  balance: Pick<BalanceService, 'list'>,
  { userId, product }: Payment,
  { heldBy, taken }: { readonly heldBy: string | undefined; readonly taken: bigint },
): Promise<string> {
  if (!heldBy || heldBy === userId) return userId
  const account = (await balance.list(heldBy)).find(({ unit }) => unit === product.credits?.unit)
  return account && account.amount - account.held >= taken ? heldBy : userId
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

function holdId(refundId: string): string {
  return deriveId(refundId, 'hold')
}

function goodsTransferId(payment: Payment): string {
  return deriveId(payment.id, 'goods')
}
