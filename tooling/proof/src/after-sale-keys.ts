import { CORE, type MoneyKey, TABLES, unique } from './money-key.ts'

const PAYMENTS = `${CORE}/features/payments`

const afterSale = ['apps/shop/backend/src/after-sale-keys.db.test.ts']
const twoStage = ['apps/shop/backend/src/two-stage.db.test.ts']

function amountCheck(column: string, guards: string, range: string): MoneyKey {
  const name = `payment_${column}_check`
  const of = `"gramkit"."payment"."${column}"`
  const find = `\tCONSTRAINT "${name}" CHECK (${of} between ${range} and "gramkit"."payment"."amount"),\n`
  return { name, guards, edits: [{ file: TABLES, find, replace: '' }], tests: afterSale }
}

/** What is taken, given back and put in writing of a payment. */
export const AFTER_SALE_KEYS: readonly MoneyKey[] = [
  unique('payment_receipt_sale_key', 'a sale has one receipt', afterSale),
  unique('payment_receipt_refund_key', 'a refund has one receipt', afterSale),
  unique('payment_receipt_settlement_key', 'a prepayment is settled by one receipt', afterSale),
  {
    name: 'receipt: lock of the payment that is settled',
    guards: 'a settlement that is asked for twice is issued once',
    edits: [
      {
        file: `${PAYMENTS}/receipts/receipts.service.ts`,
        after: 'async settle(',
        find: 'tx.repos.payments.findByIdWithLock(paymentId)',
        replace: 'tx.repos.payments.findById(paymentId)',
      },
    ],
    tests: afterSale,
  },
  {
    name: 'receipt: row lock when a registration is taken in',
    guards: 'a registration ends once',
    edits: [
      {
        file: `${PAYMENTS}/receipts/receipts.service.ts`,
        after: 'async apply(',
        find: 'tx.repos.receipts.getByIdWithLock(receiptId)',
        replace: 'tx.repos.receipts.getById(receiptId)',
      },
    ],
    tests: afterSale,
  },
  unique('payment_dispute_reference_key', 'a dispute is one under its reference', afterSale),
  {
    name: 'dispute: lock of the payment',
    guards: 'a dispute that is lost twice at once is booked once',
    edits: [
      {
        file: `${PAYMENTS}/disputes/disputes.service.ts`,
        after: 'async record(',
        find: 'tx.repos.payments.findByIdWithLock(paymentId)',
        replace: 'tx.repos.payments.findById(paymentId)',
      },
    ],
    tests: afterSale,
  },
  amountCheck('refunded_amount', 'no more goes back than was paid', '0'),
  amountCheck('capture_amount', 'no more is taken than was reserved', '1'),
  {
    name: 'capture: no more than was reserved',
    guards: 'nobody asks the provider for more than the buyer has allowed',
    edits: [
      {
        file: `${PAYMENTS}/ask-for-capture.ts`,
        find: 'captured > 0n && captured <= amount',
        replace: 'captured !== null',
      },
    ],
    tests: twoStage,
  },
  {
    name: 'capture: the amount that was asked for first',
    guards: 'a lost answer is asked for again as it was, not as another capture',
    edits: [
      {
        file: `${PAYMENTS}/ask-for-capture.ts`,
        find: 'asked !== null && wanted !== undefined && wanted !== asked',
        replace: 'asked !== null && wanted !== undefined && wanted < 0n',
      },
    ],
    tests: twoStage,
  },
  {
    name: 'capture: lock of the payment',
    guards: 'reserved money is taken once, in one amount',
    edits: [
      {
        file: `${PAYMENTS}/ask-for-capture.ts`,
        find: 'findByIdWithLock(paymentId)',
        replace: 'findById(paymentId)',
      },
    ],
    tests: twoStage,
  },
]
