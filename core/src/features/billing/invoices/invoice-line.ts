import { z } from 'zod'
import type { Decimal } from '../../../kernel/index.ts'
import { type PriceStep, priceStepSchema } from '../pricing/price-step.ts'

/** What a line of an invoice is. */
export const LINE_KINDS = [
  /** A line of a one-off invoice. */
  'item',
  /** A charge for the period that begins. */
  'advance',
  /** A charge for the period that ended. */
  'arrears',
  /** Usage of earlier periods that came after they were billed. */
  'late',
  /** What a change charges in advance for the days that were left. */
  'change',
  /** What a change gives back of what was charged in advance. */
  'credit',
  'setup_fee',
  /** What is given back beyond what is asked for, so that the invoice asks for 0. */
  'carry',
  /** That of the invoice before. */
  'carried',
] as const

/** What a line of an invoice is. */
export type LineKind = (typeof LINE_KINDS)[number]

/** How the price of a line came about, step by step, as texts. */
export const lineStepsSchema = z.array(priceStepSchema)

/** One line of an invoice; amounts are minor units. */
export interface InvoiceLine {
  readonly tenantId: string
  readonly id: string
  readonly invoiceId: string
  /** Counts from 1. */
  readonly place: number
  readonly kind: LineKind
  /** Of what it is, and on which of its bills; null for an item. */
  readonly subscriptionId: string | null
  readonly billNumber: number | null
  readonly chargeKey: string | null
  readonly revision: number | null
  readonly title: string
  /** The days that it is for: from one up to, not including, another; null where there are none. */
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly quantity: Decimal
  /** In major units; null where the steps say it. */
  readonly unitPrice: Decimal | null
  readonly steps: readonly PriceStep[]
  /** Its part of the discounts. */
  readonly discount: bigint
  /** After the discount, without tax. */
  readonly net: bigint
  /** Percent; null without tax. */
  readonly taxRate: Decimal | null
  readonly tax: bigint
}

/** A line that has a price, before discounts and taxes. */
export interface PricedLine {
  readonly kind: LineKind
  readonly title: string
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly quantity: Decimal
  readonly unitPrice: Decimal | null
  readonly steps: readonly PriceStep[]
  /** Minor units; a credit is negative. */
  readonly amount: bigint
  /** What taxes treat alike. [that of the tenant] */
  readonly taxCategory?: string | undefined
}
