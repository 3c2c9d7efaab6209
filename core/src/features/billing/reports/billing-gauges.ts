import {
  type Clock,
  type Currency,
  currencyScale,
  type Decimal,
  decimalText,
  localDay,
} from '../../../kernel/index.ts'
import type { Metrics, SeriesRow } from '../../../platform/metrics/index.ts'
import type { BillingService } from '../billing.service.ts'
import type { Tenant } from '../tenants/tenant.ts'

/** Tenants that are measured: the oldest. */
const TENANTS_MAX = 100
/** How old figures may be that read many rows. */
const FIGURES_MS = 600_000

const ACTIVITY = {
  gramkit_billing_invoices_day: 'Invoices of runs completed within 24 hours',
  gramkit_billing_invoice_seconds: 'Time of these runs for each of their invoices',
  gramkit_billing_payments_day: 'Payments that came within 24 hours',
  gramkit_billing_failed_payments_day: 'Payments and charges that ended without money in 24 hours',
} as const

const FIGURES = {
  gramkit_billing_mrr: 'Monthly recurring revenue, in major units',
  gramkit_billing_revenue_month: 'What was recognised in the running month, in major units',
  gramkit_billing_receivable: 'What customers owe, in major units',
  gramkit_billing_deferred: 'What was invoiced and is not earned, in major units',
  gramkit_billing_customer_churn_ratio: 'Customers lost in the running month, of those before it',
  gramkit_billing_revenue_churn_ratio:
    'Recurring revenue lost in the running month, of that before',
} as const

type Activity = SeriesRow<keyof typeof ACTIVITY, 'tenant'>
type Figures = SeriesRow<keyof typeof FIGURES, 'tenant' | 'currency'>

/**
 * Adds what monitoring watches of billing to `/metrics`, by the code of each of up to 100 tenants. What
 * reads many rows is read once in ten minutes.
 */
export function observeBilling(
  metrics: Pick<Metrics, 'observeSeries'>,
  {
    billing,
    clock,
  }: {
    readonly billing: Pick<BillingService, 'forTenant' | 'listTenants'>
    readonly clock: Clock
  },
): void {
  const each = async <T>(read: (tenant: Tenant) => Promise<readonly T[]>): Promise<T[]> => {
    const found: T[] = []
    for (const tenant of (await billing.listTenants({ limit: TENANTS_MAX })).items) {
      found.push(...(await read(tenant)))
    }
    return found
  }
  metrics.observeSeries(ACTIVITY, ['tenant'], () =>
    each(async ({ id, code }): Promise<Activity[]> => {
      const activity = await billing.forTenant(id).reports.activity()
      const { invoices, seconds, payments, failedPayments } = activity
      const values = {
        gramkit_billing_invoices_day: invoices,
        gramkit_billing_invoice_seconds: invoices > 0 ? seconds / invoices : null,
        gramkit_billing_payments_day: payments,
        gramkit_billing_failed_payments_day: failedPayments,
      }
      return [{ labels: { tenant: code }, values }]
    }),
  )
  let kept: { readonly at: number; readonly figures: readonly Figures[] } | undefined
  metrics.observeSeries(FIGURES, ['tenant', 'currency'], async () => {
    const now = clock.now().getTime()
    if (!kept || now - kept.at >= FIGURES_MS) {
      kept = { at: now, figures: await each((tenant) => readFigures(billing, tenant, clock)) }
    }
    return kept.figures
  })
}

async function readFigures(
  billing: Pick<BillingService, 'forTenant'>,
  { id, code, timeZone }: Tenant,
  clock: Clock,
): Promise<Figures[]> {
  const { reports } = billing.forTenant(id)
  const month = localDay(clock.now(), timeZone).slice(0, 7)
  const query = { fromMonth: month, untilMonth: month }
  const recurring = (await reports.mrr(query)).rows
  const earned = (await reports.revenue(query)).rows
  const currencies = new Set([...recurring, ...earned].map(({ currency }) => currency))
  return [...currencies].map((currency) => {
    const mrr = recurring.find((row) => row.currency === currency)
    const books = earned.find((row) => row.currency === currency)
    const major = (amount: bigint | undefined) => inMajorUnits(amount ?? 0n, currency)
    return {
      labels: { tenant: code, currency },
      values: {
        gramkit_billing_mrr: major(mrr?.mrr.closing),
        gramkit_billing_revenue_month: major(books?.recognised),
        gramkit_billing_receivable: major(books?.receivable),
        gramkit_billing_deferred: major(books?.deferred),
        gramkit_billing_customer_churn_ratio: inOnes(mrr?.customerChurn),
        gramkit_billing_revenue_churn_ratio: inOnes(mrr?.revenueChurn),
      },
    }
  })
}

/** Monitoring counts in floating point; money never does. */
function inMajorUnits(amount: bigint, currency: Currency): number {
  return Number(amount) / 10 ** currencyScale(currency)
}

function inOnes(ratio: Decimal | null | undefined): number | null {
  return ratio === null || ratio === undefined ? null : Number(decimalText(ratio))
}
