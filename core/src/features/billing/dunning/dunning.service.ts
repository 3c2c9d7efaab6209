import { addMs } from '../../../kernel/index.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import { type Invoice, remainingOf } from '../invoices/invoice.ts'
import { dunningEndedEvent, dunningStepEvent } from '../invoices/tell-invoices.ts'
import { billedAfter } from '../subscriptions/subscription.ts'
import type { DunningScope } from './dunning.scope.ts'
import {
  type Dunning,
  type DunningEnd,
  type DunningPolicy,
  type DunningPolicyInput,
  dunningPolicyFields,
  nextDunningStep,
  type TakenDunningStep,
} from './dunning.ts'
import { takeStep } from './hear-decline.ts'

/** Invoices about which something is done in one go. */
const DUE_MAX = 50
/** How long a charge is put off while somebody pays, or another charge is under way. */
const PUT_OFF_MS = 3_600_000

/** How far it has gone with an invoice, and what was done. */
export interface DunningView extends Dunning {
  readonly steps: readonly TakenDunningStep[]
}

/**
 * Goes after what nobody paid, by the days of the tenant: charges again what may pass, asks for
 * another method, reminds, and in the end does what the tenant chose. Each step is kept as a row.
 */
export class DunningService {
  readonly #scope: DunningScope

  constructor(scope: DunningScope) {
    this.#scope = scope
  }

  /** How far the tenant goes: on the days 1, 3, 5 and 7, and after 14 it pauses, until it says so. */
  policy(): Promise<DunningPolicy> {
    return this.#scope.transaction((tx) => tx.repos.dunnings.getPolicy())
  }

  /**
   * Changes how far the tenant goes, for steps that are not taken yet.
   *
   * @throws {@link InvalidValue}
   * @example
   * await billing.dunning.setPolicy({ days: [2, 6], endDay: 10, end: 'cancel' })
   */
  setPolicy(changes: Changes<DunningPolicyInput>): Promise<DunningPolicy> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.dunnings.getPolicy()
      const after = readFields(dunningPolicyFields, laidOver(before, changes))
      await tx.repos.dunnings.setPolicy(after, tx.clock.now())
      const subject = `tenant:${tx.tenantId}`
      await tx.record({ action: 'dunning_policy.changed', subject, before, after })
      return after
    })
  }

  /**
   * Says how far it has gone with an invoice; undefined where nothing was ever to be done.
   *
   * @throws {@link NotFound}
   */
  get(invoiceId: string): Promise<DunningView | undefined> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.invoices.getById(invoiceId)
      const found = await tx.repos.dunnings.find(invoiceId)
      return found && { ...found, steps: await tx.repos.dunnings.listSteps(invoiceId) }
    })
  }

  /**
   * Does what is due about up to 50 invoices, and gives their number. One that fails is thrown after
   * all others were done, and is due again.
   *
   * Must not be called inside a transaction, as it charges.
   */
  async workDue(): Promise<number> {
    const due = await this.#scope.transaction((tx) =>
      tx.repos.dunnings.listDue(tx.clock.now(), DUE_MAX),
    )
    const failures: unknown[] = []
    for (const id of due) await this.#work(id).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
    return due.length
  }

  /** A charge is made before its step is written: made again, it is the same attempt. */
  async #work(invoiceId: string): Promise<void> {
    const planned = await this.#scope.transaction(async (tx) => {
      const [dunning, policy] = [
        await tx.repos.dunnings.find(invoiceId),
        await tx.repos.dunnings.getPolicy(),
      ]
      const invoice = await tx.repos.invoices.getById(invoiceId)
      if (dunning?.state !== 'open' || !isOwed(invoice)) return undefined
      const { autoCharge } = await tx.repos.customers.getById(invoice.customerId)
      const { kind } = nextDunningStep(policy, dunning)
      const taken = await tx.repos.dunnings.listSteps(invoiceId)
      const retries = taken.filter((step) => step.kind === 'retry').length
      // Whoever wants to be charged no more is reminded.
      const wanted = kind === 'retry' && !autoCharge ? 'remind' : kind
      return { step: dunning.step, kind: wanted, retries }
    })
    const isPutOff = planned?.kind === 'retry' && !(await this.#retry(invoiceId, planned.retries))
    await this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
      const dunning = await tx.repos.dunnings.findWithLock(invoiceId)
      if (!dunning?.dueAt || dunning.dueAt > now) return
      if (dunning.state === 'recovered') return resume(tx, invoice, now)
      if (!isOwed(invoice)) return tx.repos.dunnings.recover(invoiceId, now)
      if (dunning.step !== planned?.step) return
      if (isPutOff) {
        const dueAt = addMs(now, PUT_OFF_MS)
        return tx.repos.dunnings.update(invoiceId, { dueAt, updatedAt: now })
      }
      if (planned.kind === 'end') return end(tx, invoice, now)
      await takeStep(tx, invoiceId, planned.kind)
      await tx.tell([dunningStepEvent(invoice, planned.kind, now)])
      const policy = await tx.repos.dunnings.getPolicy()
      const moved = { ...dunning, step: dunning.step + 1 }
      const { at: dueAt } = nextDunningStep(policy, moved)
      await tx.repos.dunnings.update(invoiceId, { step: moved.step, dueAt, updatedAt: now })
    })
  }

  /** Charges again; false where that waits, as another payment is under way. */
  async #retry(invoiceId: string, retries: number): Promise<boolean> {
    const { payments } = this.#scope
    const made = await payments.list(invoiceId)
    // What was paid by a charge and went back: that charge has no step.
    const paid = made.filter(
      ({ attempt, state }) => attempt !== null && state === 'received',
    ).length
    // The first attempt is that of the due day.
    const charged = await payments.charge(invoiceId, 2 + retries + paid)
    return charged.outcome !== 'under_way' || charged.payment !== undefined
  }
}

/** Tells whether an invoice is still gone after. */
function isOwed(invoice: Invoice): boolean {
  return remainingOf(invoice) > 0n && invoice.state !== 'uncollectible'
}

/** Does what the tenant chose for the end. */
async function end(tx: DunningScope, invoice: Invoice, now: Date): Promise<void> {
  const { id: invoiceId } = invoice
  const policy = await tx.repos.dunnings.getPolicy()
  const ended = await finish(tx, invoice, policy.end)
  await takeStep(tx, invoiceId, 'end')
  const moved = { state: 'ended' as const, ended, dueAt: null, updatedAt: now }
  await tx.repos.dunnings.update(invoiceId, moved)
  await tx.record({ action: 'dunning.ended', subject: `invoice:${invoiceId}`, after: { ended } })
  // As it is now: it may have been written off.
  await tx.tell([dunningEndedEvent(await tx.repos.invoices.getById(invoiceId), ended, now)])
}

/** Gives what was done: nothing to a subscription that is over, or where there is none. */
async function finish(tx: DunningScope, invoice: Invoice, wanted: DunningEnd): Promise<DunningEnd> {
  if (wanted === 'nothing') return wanted
  if (wanted === 'uncollectible') {
    await tx.invoices.writeOff(invoice.id)
    return wanted
  }
  if (invoice.subscriptionId === null) return 'nothing'
  const { id, status } = await tx.repos.subscriptions.getById(invoice.subscriptionId)
  // Another invoice has paused it: then this one keeps it paused as well.
  if (wanted === 'pause' && status === 'paused' && (await tx.repos.dunnings.isPausing(id))) {
    return wanted
  }
  if (billedAfter(status, wanted) === undefined) return 'nothing'
  await tx.subscriptions[wanted](id, 'now')
  return wanted
}

/** Lets a subscription go on that was paused until its invoices were paid. */
async function resume(tx: DunningScope, invoice: Invoice, now: Date): Promise<void> {
  await tx.repos.dunnings.update(invoice.id, { dueAt: null, updatedAt: now })
  if (invoice.subscriptionId === null) return
  if (await tx.repos.dunnings.isPausing(invoice.subscriptionId)) return
  const { id, status } = await tx.repos.subscriptions.getById(invoice.subscriptionId)
  if (billedAfter(status, 'resume') !== undefined) await tx.subscriptions.resume(id)
}
