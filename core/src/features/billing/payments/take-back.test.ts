import { describe, expect, test } from 'vitest'
import { splitReturn } from './take-back.ts'

const split = (
  payment: { taken?: bigint; left?: bigint; takenBack?: bigint },
  money: { amount: bigint; creditBack?: bigint; balance?: bigint },
) =>
  splitReturn(
    { taken: 0n, left: 0n, takenBack: 0n, ...payment },
    { creditBack: 0n, balance: 0n, ...money },
  )

describe('money that goes back', () => {
  test('comes out of the credit that it has become, then out of the invoice', () => {
    const payment = { taken: 80n, left: 20n }
    expect(split(payment, { amount: 15n, balance: 20n })).toEqual({
      ...{ fromCredit: 15n, fromInvoice: 0n, lost: 0n },
    })
    expect(split(payment, { amount: 50n, balance: 20n })).toEqual({
      ...{ fromCredit: 20n, fromInvoice: 30n, lost: 0n },
    })
  })

  test('leaves other credit alone while the invoice can give it', () => {
    expect(split({ taken: 100n }, { amount: 60n, balance: 500n })).toEqual({
      ...{ fromCredit: 0n, fromInvoice: 60n, lost: 0n },
    })
  })

  test('comes out of the invoice where the credit is spent, and out of other credit last', () => {
    const payment = { taken: 80n, left: 20n }
    expect(split(payment, { amount: 100n, balance: 0n })).toEqual({
      ...{ fromCredit: 0n, fromInvoice: 80n, lost: 20n },
    })
    expect(split({ left: 100n }, { amount: 100n, creditBack: 60n, balance: 90n })).toEqual({
      ...{ fromCredit: 90n, fromInvoice: 0n, lost: 10n },
    })
  })

  test('is all accounted for, whatever went back before', () => {
    const amounts = [0n, 1n, 7n, 100n]
    for (const taken of amounts) {
      for (const left of amounts) {
        for (const takenBack of amounts.filter((amount) => amount <= taken)) {
          for (const creditBack of amounts) {
            for (const balance of amounts) {
              const amount = 9n
              const found = split({ taken, left, takenBack }, { amount, creditBack, balance })
              const { fromInvoice, fromCredit, lost } = found
              expect(fromInvoice + fromCredit + lost).toBe(amount)
              expect(fromInvoice <= taken - takenBack && fromCredit <= balance).toBe(true)
              expect(fromInvoice >= 0n && fromCredit >= 0n && lost >= 0n).toBe(true)
            }
          }
        }
      }
    }
  })
})
