import {
  addDays,
  assert,
  formatDecimal,
  localDay,
  newId,
  readDecimal,
} from '../../../kernel/index.ts'
import { lateFeeAsked } from '../billing.events.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import { makeDraft } from '../invoices/draft.ts'
import { type Invoice, remainingOf } from '../invoices/invoice.ts'
import { issueDrafts } from '../invoices/issue.ts'
import { noTax } from '../invoices/tax-provider.ts'
import { daysBetween } from '../periods/local-midnight.ts'
import {
  feePeriod,
  type LateFee,
  type LateFeePolicy,
  type LateFeePolicyInput,
  lateFeeOf,
  lateFeePolicyFields,
} from './late-fee.ts'
import type { LateFeesScope } from './late-fees.scope.ts'

/** Fees that are asked for in one go. */
const FEES_MAX = 50

const TITLES = { en: 'Late fee', ru: 'Пени за просрочку' } as const

/**
 * What is asked beside invoices that are paid late. Each fee is for some days in a row that are over,
 * on what is owed when they are; it is an invoice of its own, without tax, and costs no fee itself.
 */
export class LateFeesService {
  readonly #scope: LateFeesScope

  constructor(scope: LateFeesScope) {
    this.#scope = scope
  }

  /** What the tenant asks for; nothing until it says so. */
  policy(): Promise<LateFeePolicy> {
    return this.#scope.transaction((tx) => tx.repos.lateFees.getPolicy())
  }

  /**
   * Changes what is asked for, for days that are not over yet.
   *
   * @throws {@link InvalidValue}
   * @example
   * await billing.lateFees.setPolicy({ fee: { kind: 'percent', rate: '8' }, everyDays: 30 })
   */
  setPolicy(changes: Changes<LateFeePolicyInput>): Promise<LateFeePolicy> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.lateFees.getPolicy()
      const after = readFields(lateFeePolicyFields, laidOver(before, changes))
      await tx.repos.lateFees.setPolicy(after, tx.clock.now())
      const subject = `tenant:${tx.tenantId}`
      await tx.record({ action: 'late_fee_policy.changed', subject, before, after })
      return after
    })
  }

  /**
   * The fees of an invoice, oldest first.
   *
   * @throws {@link NotFound}
   */
  list(invoiceId: string): Promise<LateFee[]> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.invoices.getById(invoiceId)
      return tx.repos.lateFees.listOfInvoice(invoiceId)
    })
  }

  /**
   * Asks for up to 50 fees that are due, each in a transaction of its own, and says how many. One that
   * fails is thrown after all others were asked for, and is due again.
   */
  async chargeDue(): Promise<number> {
    const due = await this.#scope.transaction((tx) =>
      tx.repos.lateFees.listDue(tx.clock.now(), FEES_MAX),
    )
    const failures: unknown[] = []
    for (const invoiceId of due) {
      const charged = this.#scope.transaction((tx) => charge(tx, invoiceId))
      await charged.catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    return due.length
  }
}

/** Asks for the fee of the next days of an invoice, if they are over and something is owed. */
async function charge(tx: LateFeesScope, invoiceId: string): Promise<void> {
  const now = tx.clock.now()
  const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
  const late = await tx.repos.lateFees.lockLate(invoiceId)
  if (!late?.dueAt || late.dueAt > now) return
  const owed = invoice.state === 'overdue' ? remainingOf(invoice) : 0n
  if (owed === 0n) {
    await tx.repos.lateFees.moveOn({ ...late, dueAt: null, updatedAt: now })
    return
  }
  const policy = await tx.repos.lateFees.getPolicy()
  const { dueOn, timeZone, currency } = invoice
  assert(dueOn, 'What is overdue has a due day')
  const { fromOn } = late
  const { untilOn, dueAt } = feePeriod(policy, { fromOn, dueOn, timeZone })
  if (dueAt > now) {
    await tx.repos.lateFees.moveOn({ ...late, dueAt, updatedAt: now })
    return
  }
  const period = late.periods + 1
  const next = feePeriod(policy, { fromOn: untilOn, dueOn, timeZone })
  const moved = { invoiceId, fromOn: untilOn, periods: period, dueAt: next.dueAt, updatedAt: now }
  await tx.repos.lateFees.moveOn(moved)
  const amount = lateFeeOf(policy.fee, { owed, days: daysBetween(fromOn, untilOn), currency })
  if (amount > 0n) await ask(tx, invoice, { period, fromOn, untilOn, owed, amount })
}

/** Writes an invoice over a fee; numbering it is the last that the transaction does. */
async function ask(
  tx: LateFeesScope,
  invoice: Invoice,
  fee: Pick<LateFee, 'period' | 'fromOn' | 'untilOn' | 'owed' | 'amount'>,
): Promise<void> {
  const { id: invoiceId, customerId, currency, number } = invoice
  const tenant = await tx.repos.tenant.get()
  const customer = await tx.repos.customers.getById(customerId)
  const now = tx.clock.now()
  const { amount, fromOn, untilOn } = fee
  const days = `${fromOn} – ${addDays(untilOn, -1)}`
  const line = {
    ...{ kind: 'item' as const, quantity: readDecimal('1'), steps: [], amount },
    // The line itself is for no days: what is late is earned when it is asked for.
    ...{
      title: `${TITLES[tenant.language]}: ${number ?? ''}, ${days}`,
      fromOn: null,
      untilOn: null,
    },
    unitPrice: readDecimal(formatDecimal({ amount, currency })),
  }
  const on = localDay(now, tenant.timeZone)
  const facts = { tenant, customer, currency, lines: [line], fromOn: null, untilOn: null, on, now }
  const made = makeDraft(facts, noTax)
  await tx.repos.invoices.insertDrafts([made])
  const feeInvoiceId = made.invoice.id
  const asked = { ...fee, id: newId(), invoiceId, feeInvoiceId, createdAt: now }
  await tx.repos.lateFees.insert(asked)
  const subject = `invoice:${invoiceId}`
  await tx.record({ action: 'late_fee.asked', subject, after: { ...fee, feeInvoiceId } })
  const payload = {
    ...{ tenantId: tx.tenantId, invoiceId, feeInvoiceId, customerId, currency, fromOn, untilOn },
    ...{ owed: String(fee.owed), amount: String(amount) },
  }
  await tx.tell([lateFeeAsked.create({ occurredAt: now, subjectId: invoiceId, payload })])
  await issueDrafts(tx, [await tx.repos.invoices.getByIdWithLock(feeInvoiceId)])
}
