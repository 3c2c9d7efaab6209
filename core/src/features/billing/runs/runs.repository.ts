import { and, eq, inArray, type SQL } from 'drizzle-orm'
import { isAppError, type Page, type PageRequest } from '../../../kernel/index.ts'
import {
  databaseError,
  type Executor,
  isRetryable,
  TenantRepository,
} from '../../../platform/database/index.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { billingRun } from './run.table.ts'
import type { BillingRun } from './run.ts'

/** Billing runs of one tenant. */
export class RunsRepository extends TenantRepository<typeof billingRun> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingRun)
  }

  /** The run that is open, or undefined. */
  async findOpen(): Promise<BillingRun | undefined> {
    const [row] = await this.db
      .select()
      .from(billingRun)
      .where(this.own(inArray(billingRun.state, ['waiting', 'billing', 'finalizing'])))
    return row
  }

  /** One page of runs, newest first. */
  listNewest(request: PageRequest): Promise<Page<BillingRun>> {
    return this.listWhere(undefined, request, 'newest_first')
  }

  /** Locks drafts of a run, the oldest first; those that another worker has are left to it. */
  async lockDrafts(runId: string, limit: number): Promise<string[]> {
    const found = await this.db
      .select({ id: billingInvoice.id })
      .from(billingInvoice)
      .where(this.#invoicesOf(runId, true))
      .orderBy(billingInvoice.id)
      .limit(limit)
      .for('update', { skipLocked: true })
    return found.map(({ id }) => id)
  }

  /** How many invoices a run made, or how many of them are drafts. */
  countInvoices(runId: string, which: 'all' | 'drafts'): Promise<number> {
    return this.db.$count(billingInvoice, this.#invoicesOf(runId, which === 'drafts'))
  }

  #invoicesOf(runId: string, isDraft: boolean): SQL | undefined {
    return and(
      eq(billingInvoice.tenantId, this.tenantId),
      eq(billingInvoice.runId, runId),
      isDraft ? eq(billingInvoice.state, 'draft') : undefined,
    )
  }
}

/** Tells whether a failure is that of one subscription, and not of the database or the moment. */
export function isItsOwn(error: unknown): boolean {
  const code = databaseError(error)?.code
  // Classes of SQLSTATE: rules that its rows break. Others, such as a lost connection, pass.
  if (code !== undefined) return /^(22|23)/.test(code) && !isRetryable(error)
  return isAppError(error) && error.kind !== 'unavailable'
}

/** Why a subscription could not be billed, as it is kept with it. */
export function reasonOf(error: unknown): string {
  if (isAppError(error)) return `${error.code}: ${error.message}`.slice(0, 500)
  const found = databaseError(error)
  return found ? `database: ${found.code} ${found.constraint ?? ''}`.trim() : 'internal'
}
