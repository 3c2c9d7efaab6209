import { invalid } from './stripe-error.ts'

/** Least amount of a charge by currency, in its smallest unit; others are left to the bank. */
const LEAST: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, jpy: 50 }

const ZERO_DECIMAL: readonly string[] = [
  ...['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga'],
  ...['pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'],
]

const THREE_DECIMAL: readonly string[] = ['bhd', 'jod', 'kwd', 'omr', 'tnd']

const CURRENCIES: readonly string[] = [
  ...['usd', 'eur', 'gbp', 'rub', 'kzt'],
  ...ZERO_DECIMAL,
  ...THREE_DECIMAL,
]

const MOST = 99_999_999

/** Refuses an amount that Stripe does not charge. */
export function checkCharge(amount: number, currency: string, param = 'amount'): void {
  if (!CURRENCIES.includes(currency)) throw invalid(`Invalid currency: ${currency}`, 'currency')
  checkUnit(amount, currency, param)
  if (amount < (LEAST[currency] ?? 1)) {
    const least = formatMinor(LEAST[currency] ?? 1, currency)
    throw invalid(`Amount must be at least ${least} ${currency}`, param, 'amount_too_small')
  }
  if (amount > MOST) {
    throw invalid(
      `Amount must be no more than ${formatMinor(MOST, currency)}`,
      param,
      'amount_too_large',
    )
  }
}

/** Three decimals are written, and the last of them must be 0. */
export function checkUnit(amount: number, currency: string, param = 'amount'): void {
  if (THREE_DECIMAL.includes(currency) && amount % 10 !== 0) {
    throw invalid('Amount must be divisible by 10', param, 'parameter_invalid_integer')
  }
}

/** Decimal text of the smallest units of a currency. */
export function formatMinor(amount: number, currency: string): string {
  if (ZERO_DECIMAL.includes(currency)) return String(amount)
  const scale = THREE_DECIMAL.includes(currency) ? 3 : 2
  const sign = amount < 0 ? '-' : ''
  const digits = String(Math.abs(amount)).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
