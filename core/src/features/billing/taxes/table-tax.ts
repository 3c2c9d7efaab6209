import {
  type Decimal,
  decimalText,
  fraction,
  fractionOf,
  roundFraction,
} from '../../../kernel/index.ts'
import type { InvoiceParty, InvoiceTax } from '../invoices/invoice.ts'
import {
  noTax,
  type TaxableLine,
  type Taxed,
  type TaxFacts,
  type TaxProvider,
} from '../invoices/tax-provider.ts'
import { readTaxId } from '../tax-id.ts'
import type { TaxRate } from './tax-rate.ts'
import { TaxRateMissing } from './taxes.errors.ts'

/** Member states of the European Union. */
const UNION = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
)

interface Place {
  readonly country: string
  readonly region: string | null
}

/** A rate that has a percentage. */
interface StandingRate {
  readonly name: string
  readonly rate: Decimal
}

type TaxedLine = Taxed['lines'][number]

/**
 * Taxes by the rates of a tenant. The buyer's place decides, or the seller's where the buyer's is
 * not known. A place without a rate is one where the tenant owes nothing; within the European Union
 * a seller who has none of the buyer's state takes those of its own. A business of another member
 * state, known by its tax id, owes the tax itself.
 *
 * @example
 * tableTax(rates).tax({ seller, buyer, currency: 'EUR', on: '2028-01-31', lines, terms })
 */
export function tableTax(rates: readonly TaxRate[]): TaxProvider {
  return {
    tax(facts) {
      if (facts.terms.exempt) return noTax.tax(facts)
      if (isReverseCharge(facts)) return { ...noTax.tax(facts), reverseCharge: true }
      for (const place of placesOf(facts)) {
        const standing = standingRates(rates, place, facts.on)
        if (standing.size > 0) return taxAt(place, standing, facts)
      }
      return noTax.tax(facts)
    },
  }
}

function isReverseCharge({ seller, buyer }: TaxFacts): boolean {
  if (!isWithinUnion(seller, buyer) || buyer.country === seller.country) return false
  const { country, taxId } = buyer
  return country !== null && taxId !== null && readTaxId(country, taxId) !== undefined
}

function isWithinUnion(seller: InvoiceParty, buyer: InvoiceParty): boolean {
  return UNION.has(seller.country ?? '') && UNION.has(buyer.country ?? '')
}

/** Where a sale may be taxed; the first place where the tenant has rates counts. */
function placesOf({ seller, buyer }: TaxFacts): Place[] {
  const parties = buyer.country === null ? [seller] : [buyer]
  if (isWithinUnion(seller, buyer)) parties.push(seller)
  return parties.flatMap(({ country, region }) => (country === null ? [] : [{ country, region }]))
}

/**
 * The rates of a place on a day by category: those of the region go before the country's. Null where the
 * tenant owes none in the region.
 */
function standingRates(
  rates: readonly TaxRate[],
  { country, region }: Place,
  on: string,
): ReadonlyMap<string, StandingRate | null> {
  const standing = new Map<string, StandingRate | null>()
  for (const where of new Set([null, region])) {
    const begun = rates
      .filter((rate) => rate.country === country && rate.region === where && rate.fromOn <= on)
      .sort((one, other) => (one.fromOn < other.fromOn ? -1 : 1))
    const latest = new Map(begun.map((rate) => [rate.category, rate]))
    for (const [category, { name, rate }] of latest) {
      if (rate !== null) standing.set(category, { name, rate })
      else if (standing.has(category)) standing.set(category, null)
    }
  }
  return standing
}

function taxAt(
  place: Place,
  standing: ReadonlyMap<string, StandingRate | null>,
  { lines, terms, on }: TaxFacts,
): Taxed {
  const taxed = lines.map((line) => {
    const category = line.category ?? terms.category
    const rate = standing.get(category)
    if (rate === undefined) throw new TaxRateMissing({ ...place, category, on })
    return { rate, line: rate ? taxLine(line, rate.rate, terms) : untaxedLine(line) }
  })
  return {
    lines: taxed.map(({ line }) => line),
    taxes: summary(taxed),
    pricesIncludeTax: terms.pricesIncludeTax,
    reverseCharge: false,
  }
}

/** Rounds once; a price that includes its tax is split, so that both parts are the price again. */
function taxLine(line: TaxableLine, rate: Decimal, terms: TaxFacts['terms']): TaxedLine {
  const asked = line.amount - line.discount
  const { numerator, denominator } = fractionOf(rate)
  const whole = 100n * denominator
  const part = (amount: bigint, of: bigint): bigint =>
    roundFraction(fraction(amount * numerator, of), terms.rounding)
  if (!terms.pricesIncludeTax) {
    return { discount: line.discount, net: asked, taxRate: rate, tax: part(asked, whole) }
  }
  const tax = part(asked, whole + numerator)
  const net = asked - tax
  const undiscounted = line.amount - part(line.amount, whole + numerator)
  return { discount: undiscounted - net, net, taxRate: rate, tax }
}

function untaxedLine({ amount, discount }: TaxableLine): TaxedLine {
  return { discount, net: amount - discount, taxRate: null, tax: 0n }
}

function summary(
  taxed: readonly { readonly rate: StandingRate | null; readonly line: TaxedLine }[],
): InvoiceTax[] {
  const taxes = new Map<string, InvoiceTax>()
  for (const { rate, line } of taxed) {
    if (!rate) continue
    const text = decimalText(rate.rate)
    const key = `${text} ${rate.name}`
    const sum = taxes.get(key) ?? { name: rate.name, rate: text, taxable: 0n, tax: 0n }
    taxes.set(key, { ...sum, taxable: sum.taxable + line.net, tax: sum.tax + line.tax })
  }
  return [...taxes.values()]
}
