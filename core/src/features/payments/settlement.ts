import { deriveId } from '../../kernel/index.ts'
import type { ReversalRequest, TransferRequest } from '../balance/index.ts'
import type { Payment } from './payment.ts'

/** Account of the money that a provider holds for us; it goes below zero by what they took in. */
export const providerAccount = (gateway: string): string => `provider:${gateway}`

/** The ledger transfer that books a payment's money: from the provider to revenue. */
export function settlementTransfer(payment: Payment): TransferRequest {
  return {
    id: deriveId(payment.id, 'settlement'),
    source: { system: providerAccount(payment.gateway) },
    target: { system: 'revenue' },
    unit: payment.currency,
    amount: payment.amount,
    reason: 'payment.settled',
    reference: payment.id,
  }
}

/** The reversal that books a refund's money. */
export function settlementReversal(
  payment: Payment,
  refund: { readonly id: string; readonly amount: bigint },
): ReversalRequest {
  return {
    id: deriveId(refund.id, 'settlement'),
    transferId: deriveId(payment.id, 'settlement'),
    amount: refund.amount,
    reason: 'payment.refunded',
    reference: refund.id,
  }
}

/** Account of money that went back beyond what was paid: a chargeback beside a refund. */
const LOSSES = 'losses'

/** The ledger transfer that books money which went back although nothing of the payment was left. */
export function lossTransfer(
  payment: Payment,
  lost: { readonly id: string; readonly amount: bigint },
): TransferRequest {
  return {
    id: deriveId(lost.id, 'loss'),
    source: { system: LOSSES },
    target: { system: providerAccount(payment.gateway) },
    unit: payment.currency,
    amount: lost.amount,
    reason: 'payment.charged_back',
    reference: payment.id,
  }
}
