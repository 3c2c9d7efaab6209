import {
  addMs,
  assert,
  formatDecimal,
  idSchema,
  isSameMoney,
  type Money,
  newId,
} from '../../kernel/index.ts'
import { type Payment, type PaymentSnapshot, transition } from './payment.ts'
import { AmountMismatch, ForeignPayer } from './payments.errors.ts'
import {
  paymentClosed,
  paymentReportRefused,
  paymentSucceeded,
  paymentUpdated,
} from './payments.events.ts'
import type { PaymentsScope } from './payments.scope.ts'
import { settlementTransfer } from './settlement.ts'

/** What a provider's report did. */
export type ApplyOutcome =
  | { readonly outcome: 'applied' | 'ignored'; readonly payment: Payment }
  | { readonly outcome: 'refused'; readonly problem: string }

/** First look after a payment at a provider began. */
export const FIRST_CHECK_MS = 15_000

/** Longest wait between two looks at an open payment. */
const CHECK_INTERVAL_MAX_MS = 6 * 3_600_000

/** Takes a provider's report in, inside the caller's transaction; see `PaymentsService.apply`. */
export async function applyReport(
  tx: PaymentsScope,
  snapshot: PaymentSnapshot,
): Promise<ApplyOutcome> {
  const isOurs = idSchema.safeParse(snapshot.paymentId).success
  const original = isOurs ? await tx.repos.payments.findByIdWithLock(snapshot.paymentId) : undefined
  if (!original || original.gateway !== snapshot.gateway) {
    return refuse(tx, snapshot, null, 'there is no such payment')
  }
  const mismatch = await findMismatch(tx, asCaptured(original, snapshot), snapshot)
  if (mismatch) return refuse(tx, snapshot, original.id, mismatch.message)
  const { gateway, providerPaymentId } = snapshot
  const known =
    original.providerPaymentId === providerPaymentId
      ? original
      : await tx.repos.payments.findByProviderId(gateway, providerPaymentId)
  // A charge stays with the payment that it was made for, or with one linked to that.
  const root = original.originalPaymentId ?? original.id
  if (known && known.id !== original.id && known.originalPaymentId !== root) {
    return refuse(tx, snapshot, original.id, 'the charge belongs to another payment')
  }
  const isOther = snapshot.isRenewal || (original.providerPaymentId ?? null) !== null
  const target = known ?? (isOther ? undefined : original)
  const step = target ? transition(target.status, snapshot.status) : 'link'
  if (step === 'ignore') return { outcome: 'ignored', payment: target ?? original }
  if (step === 'link' && snapshot.status !== 'succeeded') {
    return { outcome: 'ignored', payment: original }
  }
  const payment = step === 'link' ? await link(tx, original, known) : (target ?? original)
  return { outcome: 'applied', payment: await move(tx, payment, snapshot) }
}

/** Ends a payment that is open and locked by the caller. */
export async function closeOpen(
  tx: PaymentsScope,
  payment: Payment,
  status: 'canceled' | 'expired' | 'failed',
  reason: string,
): Promise<Payment> {
  const now = tx.clock.now()
  const closed = await tx.repos.payments.update(payment.id, {
    status,
    failureReason: reason,
    nextCheckAt: null,
    updatedAt: now,
  })
  await tx.fulfilment(closed.product.kind).closed(closed)
  await tx.repos.outbox.add(
    paymentClosed.create({
      occurredAt: now,
      subjectId: payment.id,
      userId: payment.userId,
      payload: { paymentId: payment.id, status },
    }),
  )
  return closed
}

/** Compares what is reported with what was asked for, and gives what does not fit. */
export async function findMismatch(
  scope: PaymentsScope,
  payment: Payment,
  report: { money: Money; payerTelegramId?: bigint | undefined },
): Promise<ForeignPayer | AmountMismatch | undefined> {
  if (report.payerTelegramId !== undefined) {
    const user = await scope.repos.users.findById(payment.userId)
    if (user?.telegramId !== report.payerTelegramId) {
      return new ForeignPayer({ paymentId: payment.id })
    }
  }
  if (!isSameMoney(payment, report.money)) {
    const print = (money: Money): string => `${formatDecimal(money)} ${money.currency}`
    return new AmountMismatch({
      paymentId: payment.id,
      expected: print(payment),
      actual: print(report.money),
    })
  }
  return undefined
}

/** When to look at an open payment again: soon at first, then ever more rarely. */
export function nextCheck(payment: Pick<Payment, 'createdAt'>, now: Date): Date {
  const ageMs = now.getTime() - payment.createdAt.getTime()
  return addMs(now, Math.min(Math.max(ageMs / 2, FIRST_CHECK_MS), CHECK_INTERVAL_MAX_MS))
}

/** The payment with the amount that a report must have: of a partial capture, the part. */
function asCaptured(payment: Payment, { status }: PaymentSnapshot): Payment {
  const isPart = status === 'succeeded' && payment.captureAmount !== null
  return isPart ? { ...payment, amount: payment.captureAmount } : payment
}

async function refuse(
  tx: PaymentsScope,
  snapshot: PaymentSnapshot,
  paymentId: string | null,
  problem: string,
): Promise<ApplyOutcome> {
  const now = tx.clock.now()
  const event = eventOf(snapshot, now)
  await tx.repos.payments.insertRefused({ ...event, paymentId, problem })
  await tx.repos.outbox.add(
    paymentReportRefused.create({
      occurredAt: now,
      subjectId: paymentId ?? event.id,
      payload: { paymentEventId: event.id, gateway: snapshot.gateway, problem },
    }),
  )
  return { outcome: 'refused', problem }
}

/** Makes the payment that carries money which its original can no longer take. */
async function link(
  tx: PaymentsScope,
  original: Payment,
  known: Payment | undefined,
): Promise<Payment> {
  const now = tx.clock.now()
  // The provider's id stays unique: a closed payment hands it to the one that got the money.
  if (known) {
    await tx.repos.payments.update(known.id, { providerPaymentId: null, updatedAt: now })
  }
  const linked = await tx.repos.payments.insert({
    ...original,
    id: newId(),
    originalPaymentId: original.originalPaymentId ?? original.id,
    createdAt: now,
    nextCheckAt: null,
  })
  assert(linked, 'A new id is free')
  return linked
}

async function move(
  tx: PaymentsScope,
  payment: Payment,
  snapshot: PaymentSnapshot,
): Promise<Payment> {
  const now = tx.clock.now()
  const { status, providerPaymentId } = snapshot
  const report = eventOf(snapshot, now)
  switch (status) {
    case 'succeeded':
      return succeed(tx, payment, snapshot)
    case 'canceled':
    case 'expired':
    case 'failed':
      await tx.repos.payments.updateByReport(
        payment.id,
        { providerPaymentId, updatedAt: now },
        report,
      )
      return closeOpen(tx, payment, status, snapshot.failureReason ?? status)
    case 'pending':
    case 'waiting_for_capture': {
      const nextCheckAt = nextCheck(payment, now)
      const moved = await tx.repos.payments.updateByReport(
        payment.id,
        { status, providerPaymentId, updatedAt: now, nextCheckAt },
        report,
      )
      await tx.repos.outbox.add(
        paymentUpdated.create({
          occurredAt: now,
          subjectId: payment.id,
          userId: payment.userId,
          payload: { paymentId: payment.id, status },
        }),
      )
      return moved
    }
  }
}

async function succeed(
  tx: PaymentsScope,
  payment: Payment,
  snapshot: PaymentSnapshot,
): Promise<Payment> {
  const now = tx.clock.now()
  const changes = {
    status: 'succeeded' as const,
    amount: snapshot.money.amount,
    providerPaymentId: snapshot.providerPaymentId,
    savedMethodId: (await keptMethod(tx, payment, snapshot)) ?? payment.savedMethodId,
    providerPeriodEnd: snapshot.periodEnd ?? null,
    failureReason: null,
    nextCheckAt: null,
    paidAt: now,
    updatedAt: now,
  }
  const paid = await tx.repos.payments.updateByReport(payment.id, changes, eventOf(snapshot, now))
  await tx.balance.transfer(settlementTransfer(paid))
  await tx.receipts.open(paid)
  await tx.fulfilment(paid.product.kind).fulfil(paid)
  await tx.repos.outbox.add(
    paymentSucceeded.create({
      occurredAt: now,
      subjectId: paid.id,
      userId: paid.userId,
      payload: {
        paymentId: paid.id,
        productId: paid.productId,
        gateway: paid.gateway,
        amount: String(paid.amount),
        currency: paid.currency,
        isRenewal: paid.originalPaymentId !== null,
      },
    }),
  )
  return paid
}

/** The method that may be charged again: none without the buyer's consent. */
async function keptMethod(
  tx: PaymentsScope,
  payment: Payment,
  { savedMethodId }: PaymentSnapshot,
): Promise<string | undefined> {
  if (savedMethodId === undefined) return undefined
  const given = await tx.repos.consents.findGiven(payment.originalPaymentId ?? payment.id)
  return given && savedMethodId
}

function eventOf(snapshot: PaymentSnapshot, now: Date) {
  return {
    id: newId(),
    gateway: snapshot.gateway,
    providerPaymentId: snapshot.providerPaymentId,
    reportedStatus: snapshot.status,
    body: snapshot.body,
    createdAt: now,
  }
}
