import { z } from 'zod'
import {
  defineJob,
  type EventSubscription,
  type JobsRepository,
  subscribe,
} from '../../../platform/jobs/index.ts'
import type { EventDefinition } from '../../../platform/outbox/index.ts'
import { dunningEvents, invoiceEvents } from '../billing.events.ts'
import type { BillingOptions } from '../billing.scope.ts'
import { NOTICE_KINDS, type NoticeKind } from './notice.ts'
import type { NoticesService } from './notices.service.ts'

/** Tells one customer one thing; what it says is read when it is sent. */
export const notifyCustomer = defineJob({
  name: 'billing.notify_customer',
  schema: z.object({
    tenantId: z.uuid(),
    eventId: z.uuid(),
    kind: z.enum(NOTICE_KINDS),
    invoiceId: z.uuid(),
    amount: z.string().nullable(),
  }),
  timeoutMs: 60_000,
  async runOutside(
    services: {
      readonly billing: {
        forTenant(tenantId: string): { readonly notices: Pick<NoticesService, 'send'> }
      }
    },
    { tenantId, eventId, kind, invoiceId, amount },
  ) {
    const { notices } = services.billing.forTenant(tenantId)
    const paid = amount === null ? null : BigInt(amount)
    await notices.send({ id: eventId, kind, invoiceId, amount: paid })
  },
})

interface Scope {
  readonly billingOptions: BillingOptions
  readonly repos: { readonly jobs: Pick<JobsRepository, 'enqueue'> }
}

interface Told {
  readonly tenantId: string
  readonly invoiceId: string
  readonly amount?: string | undefined
}

function tellOf<Payload extends Told>(
  event: EventDefinition<Payload>,
  kindOf: (payload: Payload) => NoticeKind | undefined,
): EventSubscription<Scope> {
  return subscribe({
    event,
    consumer: 'billing.notify_customers',
    async handle({ billingOptions, repos }: Scope, { id: eventId, payload }) {
      const kind = kindOf(payload)
      if (!billingOptions.notifications || !kind) return
      const { tenantId, invoiceId, amount = null } = payload
      const notice = { tenantId, eventId, kind, invoiceId, amount }
      // The key of the event: however often it is delivered, there is one job.
      await repos.jobs.enqueue(notifyCustomer, notice, { dedupeKey: eventId })
    },
  })
}

/** Tells customers of their invoices, once an app has `billing.notifications`. */
export const CUSTOMER_NOTICES: readonly EventSubscription<Scope>[] = [
  tellOf(invoiceEvents.finalized, () => 'invoice_issued'),
  tellOf(invoiceEvents.paymentSucceeded, ({ source }) =>
    source === 'credit' ? 'credit_applied' : 'payment_received',
  ),
  tellOf(invoiceEvents.paymentFailed, () => 'payment_failed'),
  tellOf(invoiceEvents.overdue, () => 'invoice_overdue'),
  // That a charge was declined again is told as that.
  tellOf(dunningEvents.step, ({ step }) => (step === 'retry' ? undefined : 'invoice_overdue')),
]
