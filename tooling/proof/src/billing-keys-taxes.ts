import { CORE, type MoneyKey, TABLES, unique } from './money-key.ts'

const TAXES = `${CORE}/features/billing/taxes`

const pure = [`${TAXES}/table-tax.test.ts`]
const stored = [`${TAXES}/taxes.db.test.ts`]

/** What keeps taxes exact, and what was converted explained for ever. */
export const TAX_KEYS: readonly MoneyKey[] = [
  {
    name: 'taxes: rates do not overlap',
    guards: 'a place has one rate of a category on a day',
    edits: [
      {
        ...{ file: TABLES, after: 'CONSTRAINT "billing_tax_rate_place_key"' },
        ...{ find: '"category","from_on")', replace: '"category","from_on","id")' },
      },
    ],
    tests: stored,
  },
  {
    name: 'taxes: inclusive prices are split exactly',
    guards: 'what is asked is the price, however net and tax are rounded',
    edits: [
      {
        file: `${TAXES}/table-tax.ts`,
        find: 'const net = asked - tax',
        replace:
          'const net = roundFraction(fraction(asked * whole, whole + numerator), terms.rounding)',
      },
    ],
    tests: pure,
  },
  {
    name: 'taxes: reverse charge needs a tax id',
    guards: 'a person abroad is not sold to without tax',
    edits: [
      {
        file: `${TAXES}/table-tax.ts`,
        find: 'readTaxId(country, taxId) !== undefined',
        replace: "readTaxId(country, taxId) !== ''",
      },
    ],
    tests: pure,
  },
  unique('billing_exchange_rate_version_key', 'a day has one rate, whoever adds it', stored),
  {
    name: 'exchange rates: a reason for the past',
    guards: 'what amounts were converted by is not replaced in silence',
    edits: [
      {
        file: `${CORE}/features/billing/exchange-rates/exchange-rates.service.ts`,
        find: 'if (mayBeUsed && reason === null)',
        replace: "if (mayBeUsed && reason === '')",
      },
    ],
    tests: stored,
  },
]
