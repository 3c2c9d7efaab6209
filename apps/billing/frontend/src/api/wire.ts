import * as z from 'zod/mini'

/** A page of a list. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.nullable(z.string()) })

/** Minor units as text. */
const amount = z.string()
/** A day, such as 2028-01-31. */
const day = z.nullable(z.string())

/** Who sells. */
export const tenantWire = z.object({ name: z.string(), code: z.string(), currency: z.string() })

/** Who buys. */
export const customerWire = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  email: z.nullable(z.string()),
  company: z.nullable(z.string()),
  address: z.array(z.string()),
  country: z.nullable(z.string()),
  taxId: z.nullable(z.string()),
  currency: z.string(),
  timeZone: z.string(),
  paymentTermsDays: z.nullable(z.int()),
  autoCharge: z.boolean(),
  createdAt: z.string(),
})

/** Who buys. */
export type Customer = z.infer<typeof customerWire>

/** States of an invoice. */
export const invoiceStates = [
  'draft',
  'finalized',
  'partially_paid',
  'overdue',
  'paid',
  'void',
  'uncollectible',
] as const

/** What is asked of a customer. */
export const invoiceWire = z.object({
  id: z.string(),
  customerId: z.string(),
  subscriptionId: z.nullable(z.string()),
  state: z.enum(invoiceStates),
  number: z.nullable(z.string()),
  currency: z.string(),
  buyer: z.object({ name: z.string(), company: z.nullable(z.string()) }),
  issuedOn: day,
  dueOn: day,
  total: amount,
  paid: amount,
  credited: amount,
  remaining: amount,
  createdAt: z.string(),
})

/** Where an invoice is shown and paid. */
export const payLinkWire = z.object({ url: z.string() })

/** What is asked of a customer. */
export type Invoice = z.infer<typeof invoiceWire>

/** States of a subscription. */
export const subscriptionStatuses = [
  'trial',
  'active',
  'past_due',
  'paused',
  'canceled',
  'expired',
] as const

/** Money that came for an invoice, or was asked for. */
export const paymentWire = z.object({
  id: z.string(),
  gateway: z.nullable(z.string()),
  currency: z.string(),
  amount,
  state: z.enum(['open', 'closed', 'received']),
  /** What the invoice took of it, and what of that went back. */
  taken: amount,
  takenBack: amount,
  returned: amount,
  reason: z.nullable(z.string()),
  createdAt: z.string(),
})

/** Money that came for an invoice, or was asked for. */
export type Payment = z.infer<typeof paymentWire>

/** What was taken back of an invoice. */
export const creditNoteWire = z.object({
  id: z.string(),
  number: z.string(),
  issuedOn: z.string(),
  currency: z.string(),
  total: amount,
  reason: z.nullable(z.string()),
})

/** What was taken back of an invoice. */
export type CreditNote = z.infer<typeof creditNoteWire>

/** What a customer is billed for. */
export const subscriptionWire = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.enum(subscriptionStatuses),
  currency: z.string(),
  cycle: z.string(),
  startOn: z.string(),
  timeZone: z.string(),
  nextBillingAt: z.nullable(z.string()),
  parkedAt: z.nullable(z.string()),
  parkedReason: z.nullable(z.string()),
})

/** What a customer is billed for. */
export type Subscription = z.infer<typeof subscriptionWire>

const chargeWire = z.object({
  key: z.string(),
  title: z.string(),
  model: z.string(),
  rate: z.optional(z.string()),
  meter: z.optional(z.string()),
})

const versionWire = z.object({
  number: z.int(),
  currency: z.string(),
  cycle: z.string(),
  trialDays: z.int(),
  setupFee: amount,
  charges: z.array(chargeWire),
})

/** What is sold. */
export const planWire = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  description: z.string(),
  archivedAt: z.nullable(z.string()),
})

/** What is sold, and what it costs. */
export const planViewWire = z.extend(planWire, {
  current: z.nullable(versionWire),
  draft: z.nullable(versionWire),
})

/** What is sold, and what it costs. */
export type Plan = z.infer<typeof planViewWire>

/** One billing run. */
export const runWire = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'billing', 'finalizing', 'completed', 'rejected']),
  asOf: z.string(),
  startedBy: z.string(),
  completedAt: z.nullable(z.string()),
  createdAt: z.string(),
})

/** How far a run is. */
export const runProgressWire = z.extend(runWire, {
  invoices: z.int(),
  drafts: z.int(),
  due: z.int(),
  parked: z.int(),
})

/** How far a run is. */
export type RunProgress = z.infer<typeof runProgressWire>

/** Whether one batch was done, or why none was. */
export const runWorkWire = z.object({ outcome: z.enum(['worked', 'busy', 'waiting', 'over']) })

/** What a run would do. */
export const runPreviewWire = z.object({
  asOf: z.string(),
  invoices: z.int(),
  totals: z.array(z.object({ currency: z.string(), amount })),
  parked: z.array(z.object({ subscriptionId: z.string(), reason: z.string() })),
  needsApproval: z.boolean(),
})

/** What a run would do. */
export type RunPreview = z.infer<typeof runPreviewWire>

/** Rows of a report. */
const reportOf = <Row extends z.ZodMiniType>(row: Row) => z.object({ rows: z.array(row) })

const revenueMonthWire = z.object({
  month: z.string(),
  currency: z.string(),
  recognised: amount,
})

/** What was earned in each month. */
export const revenueReportWire = reportOf(revenueMonthWire)

/** What was earned in a month. */
export type RevenueMonth = z.infer<typeof revenueMonthWire>

/** How recurring revenue and customers moved in a month; shares are decimal numbers. */
const mrrMonthWire = z.object({
  month: z.string(),
  currency: z.string(),
  mrr: z.object({
    opening: amount,
    new: amount,
    reactivation: amount,
    expansion: amount,
    contraction: amount,
    churn: amount,
    closing: amount,
  }),
  customers: z.object({ opening: z.int(), churned: z.int(), closing: z.int() }),
  arr: amount,
  arpu: z.nullable(amount),
  customerChurn: z.nullable(z.string()),
  revenueChurn: z.nullable(z.string()),
  netRevenueRetention: z.nullable(z.string()),
})

/** How recurring revenue and customers moved in each month. */
export const mrrReportWire = reportOf(mrrMonthWire)

/** How recurring revenue and customers moved in a month. */
export type MrrMonth = z.infer<typeof mrrMonthWire>

const agedWire = z.object({
  currency: z.string(),
  notDue: amount,
  days1To30: amount,
  days31To60: amount,
  days61To90: amount,
  over90Days: amount,
  total: amount,
})

/** What is owed, by how long it is due. */
export const agingReportWire = reportOf(agedWire)

/** What is owed, by how long it is due. */
export type Aged = z.infer<typeof agedWire>

/** Counts one kind of usage. */
export const meterWire = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  unit: z.string(),
  aggregation: z.enum(['sum', 'count', 'max', 'unique', 'last', 'weighted']),
})

/** Counts one kind of usage. */
export type Meter = z.infer<typeof meterWire>

/** What was counted in a span of time; a decimal number. */
export const usageTotalWire = z.object({ quantity: z.string() })

/** How far a quota is used; decimal numbers. */
export const quotaStateWire = z.object({
  quantity: z.string(),
  used: z.string(),
  held: z.string(),
  remaining: z.string(),
  endsAt: z.string(),
})

/** Who changed what. */
export const auditWire = z.object({
  id: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  facts: z.record(z.string(), z.string()),
  createdAt: z.string(),
})
