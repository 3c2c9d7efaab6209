import type { BillingOptions } from '../billing.scope.ts'
import type { CustomersRepository } from '../customers/customers.repository.ts'
import { type Invoice, remainingOf } from '../invoices/invoice.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { CustomerNotice, NoticeKind } from './notice.ts'

/** All that notices may touch. */
export interface NoticesScope extends TenantScope<NoticesScope> {
  readonly core: { readonly billingOptions: BillingOptions }
  readonly repos: {
    readonly customers: Pick<CustomersRepository, 'getById'>
    readonly invoices: Pick<InvoicesRepository, 'getById'>
    readonly tenant: TenantRowRepository
  }
}

/** What a customer is to be told, and why. */
export interface Occasion {
  /** Id of the event: nobody hears of one event twice. */
  readonly id: string
  readonly kind: NoticeKind
  readonly invoiceId: string
  /** Of the payment, in minor units; null where it is about none. */
  readonly amount: bigint | null
}

/** What became of a notice; `needless` where nobody is to be told, or no more. */
export type NoticeOutcome = 'sent' | 'refused' | 'needless'

/** Tells customers about their invoices by the app's notifier. */
export class NoticesService {
  readonly #scope: NoticesScope

  constructor(scope: NoticesScope) {
    this.#scope = scope
  }

  /**
   * Tells a customer about an invoice, unless they have no address or it is no longer true: a reminder
   * is not sent for what was paid meanwhile. Runs outside of transactions.
   *
   * @throws {@link NotFound}
   * @throws {@link AppError} when a later try may go through
   */
  async send(occasion: Occasion): Promise<NoticeOutcome> {
    const { notifications } = this.#scope.core.billingOptions
    if (!notifications) return 'needless'
    const notice = await this.#scope.transaction((tx) => noticeOf(tx, occasion))
    if (!notice) return 'needless'
    const outcome = await notifications.send(notice)
    const { id, kind } = notice
    this.#scope.debug('billing.notices', { id, kind, invoiceId: notice.invoice.id }, outcome)
    if (outcome === 'refused') {
      const subject = `invoice:${notice.invoice.id}`
      const after = { kind }
      await this.#scope.transaction((tx) => tx.record({ action: 'notice.refused', subject, after }))
    }
    return outcome
  }
}

async function noticeOf(
  { core, repos }: NoticesScope,
  { id, kind, invoiceId, amount }: Occasion,
): Promise<CustomerNotice | undefined> {
  const invoice = await repos.invoices.getById(invoiceId)
  const { id: customerId, name, email } = await repos.customers.getById(invoice.customerId)
  if (email === null || !isTrue(kind, invoice)) return undefined
  const tenant = await repos.tenant.get()
  return {
    ...{ id, kind, amount, invoice, remaining: remainingOf(invoice) },
    ...{ language: tenant.language, seller: tenant.company ?? tenant.name },
    customer: { id: customerId, name, email },
    payUrl: core.billingOptions.payUrl?.(invoice) ?? null,
  }
}

/** Whether what is to be told still holds when it is told. */
function isTrue(kind: NoticeKind, { state }: Invoice): boolean {
  switch (kind) {
    case 'payment_received':
    case 'credit_applied':
      return true
    case 'invoice_overdue':
      return state === 'overdue'
    default:
      return state === 'finalized' || state === 'partially_paid' || state === 'overdue'
  }
}
