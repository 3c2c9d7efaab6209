import { type Currency, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { type BillingEvent, runEvents } from '../billing.events.ts'
import { readFields } from '../fields.ts'
import { issueDrafts } from '../invoices/issue.ts'
import type { BilledSubscription } from '../subscriptions/subscription.ts'
import { billBatch, park } from './bill-batch.ts'
import { previewed, type SpentCoupons } from './preview-bills.ts'
import {
  type BillingRun,
  type Parked,
  type RunInput,
  type RunPreview,
  type RunProgress,
  runFields,
} from './run.ts'
import { RunRefuses } from './runs.errors.ts'
import { isItsOwn } from './runs.repository.ts'
import type { RunsScope } from './runs.scope.ts'

/** Subscriptions billed in one transaction. */
const BATCH = 200
/** Invoices numbered in one transaction: the series' counter is held as long. */
const NUMBERED = 500
/** Subscriptions that cannot be billed which a preview names. */
const NAMED_MAX = 100

/** Whether something was done, nothing could be done as others are at it, or nothing is left. */
export type WorkOutcome = 'worked' | 'busy' | 'waiting' | 'over'

/**
 * Bills what is due. Any number of workers share a run, each with batches of its own; one that is
 * killed leaves nothing half done, and whoever goes on finds what is left. Drafts are priced without
 * numbers, and numbered in short transactions afterwards.
 */
export class RunsService {
  readonly #scope: RunsScope

  constructor(scope: RunsScope) {
    this.#scope = scope
  }

  /**
   * Opens a run over what is due by now, or gives the one that is open. A run above its threshold
   * waits to be approved, before it has written anything.
   *
   * @example
   * const run = await billing.runs.start()
   * while ((await billing.runs.work(run.id)) === 'worked');
   */
  async start(input: RunInput = {}): Promise<BillingRun> {
    const { approvalThreshold, open } = await this.#scope.transaction(async (tx) => ({
      approvalThreshold: await thresholdOf(tx, input),
      open: await tx.repos.runs.findOpen(),
    }))
    if (open) return open
    const { needsApproval, asOf } =
      approvalThreshold === null
        ? { needsApproval: false, asOf: this.#scope.clock.now() }
        : await this.preview({ approvalThreshold })
    try {
      return await this.#scope.transaction(async (tx) => {
        const now = tx.clock.now()
        const state = needsApproval ? ('waiting' as const) : ('billing' as const)
        const after = await tx.repos.runs.insert({
          ...{ id: newId(), state, asOf, approvalThreshold, startedBy: tx.caller.actor },
          ...{ createdAt: now, updatedAt: now },
        })
        await tx.record({ action: 'run.started', subject: `run:${after.id}`, after })
        if (needsApproval) await tx.tell([runEvent('waiting', after, now)])
        return after
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'billing_run_open_key')) throw error
      return this.start(input)
    }
  }

  /**
   * Reckons what a run would bill now, every missed period included, and writes nothing.
   *
   * @throws {@link InvalidValue}
   */
  async preview(input: RunInput = {}): Promise<RunPreview> {
    const approvalThreshold = await this.#scope.transaction((tx) => thresholdOf(tx, input))
    const asOf = this.#scope.clock.now()
    const totals = new Map<Currency, bigint>()
    const parked: Parked[] = []
    const spent: SpentCoupons = new Map()
    let [invoices, cursor]: [number, string | undefined] = [0, undefined]
    let own: Currency | undefined
    do {
      const page: Page<BilledSubscription> = await this.#scope.transaction(async (tx) => {
        own ??= (await tx.repos.tenant.get()).currency
        const due = await tx.repos.subscriptions.listDue(asOf, { limit: 100, cursor })
        const found = await previewed(tx, due.items, { asOf, spent })
        for (const { currency, amounts, failure, subscriptionId } of found) {
          invoices += amounts.length
          const amount = amounts.reduce((sum, each) => sum + each, totals.get(currency) ?? 0n)
          if (amounts.length > 0) totals.set(currency, amount)
          if (failure && parked.length < NAMED_MAX) parked.push({ subscriptionId, reason: failure })
        }
        return due
      })
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    const needsApproval =
      approvalThreshold !== null &&
      [...totals].some(([currency, total]) => currency !== own || total > approvalThreshold)
    return { asOf, invoices, totals, parked, needsApproval }
  }

  /**
   * Lets a run that waits go on.
   *
   * @throws {@link NotFound}
   * @throws {@link RunRefuses}
   */
  approve(id: string): Promise<BillingRun> {
    return this.#decide(id, 'billing')
  }

  /**
   * Ends a run that waits. It has written nothing, so nothing is left behind; no run starts by itself
   * for a day.
   *
   * @throws {@link NotFound}
   * @throws {@link RunRefuses}
   */
  reject(id: string): Promise<BillingRun> {
    return this.#decide(id, 'rejected')
  }

  /**
   * Does one batch of a run: bills up to 200 subscriptions, or numbers up to 500 invoices.
   *
   * @throws {@link NotFound}
   */
  async work(id: string): Promise<WorkOutcome> {
    const { state, asOf } = await this.#scope.transaction((tx) => tx.repos.runs.getById(id))
    switch (state) {
      case 'billing':
        return (await this.#bill(id, asOf)) || this.#turn(id, asOf)
      case 'finalizing':
        return (await this.#number(id)) || this.#turn(id, asOf)
      case 'waiting':
        return 'waiting'
      default:
        return 'over'
    }
  }

  /** Works one batch of what is due, in the run that is open or a new one, and says how many runs. */
  async workDue(): Promise<number> {
    const run = await this.start()
    return (await this.work(run.id)) === 'worked' ? 1 : 0
  }

  /**
   * Reads a run and how far it is.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<RunProgress> {
    return this.#scope.transaction(async (tx) => {
      const run = await tx.repos.runs.getById(id)
      return {
        ...run,
        invoices: await tx.repos.runs.countInvoices(id, 'all'),
        drafts: await tx.repos.runs.countInvoices(id, 'drafts'),
        due: run.state === 'billing' ? await tx.repos.subscriptions.countDue(run.asOf) : 0,
        parked: await tx.repos.subscriptions.countParked(),
      }
    })
  }

  /** One page of runs, newest first. */
  list(request: PageRequest = {}): Promise<Page<BillingRun>> {
    return this.#scope.transaction((tx) => tx.repos.runs.listNewest(request))
  }

  async #bill(id: string, asOf: Date): Promise<WorkOutcome | undefined> {
    try {
      return await this.#scope.transaction(async (tx) => {
        const due = await lockDue(tx, { id, asOf }, BATCH)
        if (due.length === 0) return undefined
        await billBatch(tx, { id }, due)
        return 'worked'
      })
    } catch (error) {
      if (!isItsOwn(error)) throw error
      // A rule of the database refused the batch: one by one it shows whose row it was.
      return this.#billOneByOne(id, asOf)
    }
  }

  async #billOneByOne(id: string, asOf: Date): Promise<WorkOutcome | undefined> {
    for (let count = 0; count < BATCH; count++) {
      let failed: BilledSubscription | undefined
      try {
        const found = await this.#scope.transaction(async (tx) => {
          const due = await lockDue(tx, { id, asOf }, 1)
          failed = due[0]
          if (failed) await billBatch(tx, { id }, due)
          return failed
        })
        if (!found) return count > 0 ? 'worked' : undefined
      } catch (error) {
        const subscription = failed
        if (!subscription || !isItsOwn(error)) throw error
        await this.#scope.transaction(async (tx) => {
          // Nobody had it meanwhile: another worker may have billed it, and its next bill has its own day.
          const { billCount } = await tx.repos.subscriptions.getByIdWithLock(subscription.id)
          if (billCount === subscription.billCount) await park(tx, subscription, error)
        })
      }
    }
    return 'worked'
  }

  #number(id: string): Promise<WorkOutcome | undefined> {
    return this.#scope.transaction(async (tx) => {
      const ids = await tx.repos.runs.lockDrafts(id, NUMBERED)
      if (ids.length === 0) return undefined
      const drafts = await tx.repos.invoices.getByIds(ids)
      await issueDrafts(tx, drafts)
      return 'worked'
    })
  }

  /** Goes on to the next state once nothing is left, not even in another worker's hands. */
  #turn(id: string, asOf: Date): Promise<WorkOutcome> {
    return this.#scope.transaction(async (tx) => {
      const run = await tx.repos.runs.getByIdWithLock(id, { mode: 'no key update', wait: 'skip' })
      if (!run) return 'busy'
      const updatedAt = tx.clock.now()
      if (run.state === 'billing') {
        if ((await tx.repos.subscriptions.countDue(asOf)) > 0) return 'busy'
        await tx.repos.runs.update(id, { state: 'finalizing', updatedAt })
        return 'worked'
      }
      if (run.state !== 'finalizing') return 'over'
      if ((await tx.repos.runs.countInvoices(id, 'drafts')) > 0) return 'busy'
      const completed = { state: 'completed' as const, completedAt: updatedAt, updatedAt }
      const after = await tx.repos.runs.update(id, completed)
      await tx.record({ action: 'run.completed', subject: `run:${id}`, before: run, after })
      await tx.tell([runEvent('finished', after, updatedAt)])
      return 'over'
    })
  }

  #decide(id: string, state: 'billing' | 'rejected'): Promise<BillingRun> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.runs.getByIdWithLock(id, { mode: 'no key update' })
      if (before.state !== 'waiting') throw new RunRefuses({ runId: id, state: before.state })
      const decidedAt = tx.clock.now()
      const decision = { state, decidedAt, decidedBy: tx.caller.actor, updatedAt: decidedAt }
      const after = await tx.repos.runs.update(id, decision)
      const action = state === 'billing' ? 'run.approved' : 'run.rejected'
      await tx.record({ action, subject: `run:${id}`, before, after })
      return after
    })
  }
}

function runEvent(
  fact: keyof typeof runEvents,
  { tenantId, id }: BillingRun,
  occurredAt: Date,
): BillingEvent {
  return runEvents[fact].create({ occurredAt, subjectId: id, payload: { tenantId, runId: id } })
}

/**
 * Takes subscriptions of a run that still bills. The run's row is shared until the batch is written,
 * so nobody takes the run further meanwhile.
 */
async function lockDue(
  tx: RunsScope,
  { id, asOf }: Pick<BillingRun, 'id' | 'asOf'>,
  limit: number,
): Promise<BilledSubscription[]> {
  const { state } = await tx.repos.runs.getByIdWithLock(id, { mode: 'share' })
  return state === 'billing' ? tx.repos.subscriptions.lockDue(asOf, limit) : []
}

/** Above what a run waits for approval: what is asked for, or else what the tenant says. */
async function thresholdOf(tx: RunsScope, input: RunInput): Promise<bigint | null> {
  const { approvalThreshold } = readFields(runFields, input)
  return approvalThreshold === undefined
    ? (await tx.repos.tenant.get()).approvalThreshold
    : approvalThreshold
}
