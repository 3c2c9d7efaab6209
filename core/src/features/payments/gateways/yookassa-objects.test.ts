import { describe, expect, test } from 'vitest'
import { yookassaPaymentSchema } from './yookassa-objects.ts'

const object = {
  id: '2e8f0000-000f-5000-8000-000000000000',
  status: 'succeeded',
  amount: { value: '199.00', currency: 'RUB' },
  metadata: { payment_id: 'ours' },
  recipient: { account_id: '100500' },
  test: false,
}

const isRead = (isTest: boolean, change: object): boolean =>
  yookassaPaymentSchema({ shopId: '100500', isTest }).safeParse({ ...object, ...change }).success

describe('a payment of YooKassa', () => {
  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ])(
    'in a shop whose play money is %s, with the test flag %s, is read: %s',
    (isTest, flag, read) => {
      expect(isRead(isTest, { test: flag })).toBe(read)
    },
  )

  test('without a flag is real money', () => {
    expect([isRead(false, { test: undefined }), isRead(true, { test: undefined })]).toEqual([
      true,
      false,
    ])
  })

  test('of another shop is not read', () => {
    expect(isRead(false, { recipient: { account_id: '100501' } })).toBe(false)
  })
})
