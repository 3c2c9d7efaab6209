import { assert } from '../../../kernel/index.ts'
import {
  type BillingEvent,
  dunningEvents,
  invoiceEvents,
  type PaymentSource,
} from '../billing.events.ts'
import type { DunningEnd, DunningStep } from '../dunning/dunning.ts'
import { type Invoice, remainingOf } from './invoice.ts'

/** What can be told of an invoice that needs no amount beside it. */
export type InvoiceFact = Exclude<
  keyof typeof invoiceEvents,
  'paymentFailed' | 'paymentSucceeded' | 'paymentTakenBack'
>

/** Makes the event that something became of an invoice, as it is now. */
export function invoiceEvent(fact: InvoiceFact, invoice: Invoice, occurredAt: Date): BillingEvent {
  const { id: subjectId } = invoice
  return invoiceEvents[fact].create({ occurredAt, subjectId, payload: factsOf(invoice) })
}

/** Makes the events of an invoice that was given its number: nothing to pay is paid at once. */
export function finalizedEvents(invoice: Invoice, at: Date): BillingEvent[] {
  const finalized = invoiceEvent('finalized', invoice, at)
  return invoice.state === 'paid' ? [finalized, invoiceEvent('paid', invoice, at)] : [finalized]
}

/** Makes the events of an amount that an invoice took. */
export function takenEvents(
  invoice: Invoice,
  { amount, source }: { readonly amount: bigint; readonly source: PaymentSource },
  occurredAt: Date,
): BillingEvent[] {
  const { id: subjectId, state } = invoice
  const payload = { ...factsOf(invoice), amount: String(amount), source }
  return [
    invoiceEvents.paymentSucceeded.create({ occurredAt, subjectId, payload }),
    invoiceEvent(state === 'paid' ? 'paid' : 'partiallyPaid', invoice, occurredAt),
  ]
}

/** Makes the event that an amount went back, which the invoice asks for again. */
export function takenBackEvent(invoice: Invoice, amount: bigint, occurredAt: Date): BillingEvent {
  const payload = { ...factsOf(invoice), amount: String(amount) }
  return invoiceEvents.paymentTakenBack.create({ occurredAt, subjectId: invoice.id, payload })
}

/** Makes the event that a charge of an invoice was refused. */
export function chargeRefusedEvent(
  invoice: Invoice,
  refused: { readonly amount: bigint; readonly attempt: number; readonly reason: string | null },
  occurredAt: Date,
): BillingEvent {
  const { attempt, reason } = refused
  const payload = { ...factsOf(invoice), amount: String(refused.amount), attempt, reason }
  return invoiceEvents.paymentFailed.create({ occurredAt, subjectId: invoice.id, payload })
}

/** Makes the event that a day of the policy came for an invoice that nobody paid. */
export function dunningStepEvent(
  invoice: Invoice,
  step: Exclude<DunningStep, 'end'>,
  occurredAt: Date,
): BillingEvent {
  const payload = { ...factsOf(invoice), step }
  return dunningEvents.step.create({ occurredAt, subjectId: invoice.id, payload })
}

/** Makes the event that an invoice is gone after no more, though it is not paid. */
export function dunningEndedEvent(
  invoice: Invoice,
  ended: DunningEnd,
  occurredAt: Date,
): BillingEvent {
  const payload = { ...factsOf(invoice), ended }
  return dunningEvents.ended.create({ occurredAt, subjectId: invoice.id, payload })
}

function factsOf(invoice: Invoice) {
  const { tenantId, id, customerId, subscriptionId, number, state, currency, dueOn } = invoice
  assert(number !== null && dueOn !== null, 'Nothing is told of drafts')
  return {
    ...{ tenantId, invoiceId: id, customerId, subscriptionId, number, state, currency, dueOn },
    ...{ total: String(invoice.total), paid: String(invoice.paid) },
    remaining: String(remainingOf(invoice)),
  }
}
