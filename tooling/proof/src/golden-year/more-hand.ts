import { FIRST_FIVE, type HandWritten, plan } from './hand.ts'

const flat = { key: 'base', title: 'Base', model: 'flat', when: 'advance' } as const

/**
 * 20.00 and 3 seats at 3.333 (9.999, so 10.00) a month in advance, calls at 0.01 in arrears, a set-up
 * fee of 49.00, 14 days for nothing, a quarter off three times, 20 % of tax.
 * June: 79.00, less 19.75: 5.00, 2.50 and 12.25.
 * July: 1234 calls of June are 12.34, so 42.34, less 10.585, which goes to the even 10.58. By their
 * parts: 4.9976, 2.4988 and 3.0836, so 4.99, 2.49 and 3.08, and the two cents that are left go where
 * most was cut off: 2.50 and 5.00. August: 30.00 less 7.50.
 */
const fleur: HandWritten = {
  story: {
    ...{ code: 'fleur', seller: 'berlin', buyer: 'french', timeZone: 'UTC' },
    plan: {
      ...plan('fleur', 'EUR', 'monthly', [
        { ...flat, rate: '20' },
        { key: 'seats', title: 'Seats', model: 'per_unit', when: 'advance', rate: '3.333' },
        {
          ...{ key: 'calls', title: 'Calls', model: 'per_unit', when: 'arrears', meter: 'calls' },
          rate: '0.01',
        },
      ]),
      setupFee: 4_900n,
    },
    startOn: '2028-05-18',
    trialDays: 14,
    quantity: '3',
    coupon: {
      ...{ code: 'QUARTER', name: 'A quarter', percent: '25', duration: 'repeating' },
      invoices: 3,
    },
    usage: [{ meter: 'calls', on: '2028-06-10', toldOn: '2028-06-10', units: '1234' }],
    deeds: [{ on: '2028-10-05', does: 'cancel', when: 'period_end' }],
  },
  bills: [
    [
      // 15.00 + 7.50 + 36.75 = 59.25, and 11.85 of tax.
      '2028-06-01 asks for 7110',
      'advance base 2028-06-01 2028-07-01 -500 1500 +300',
      'advance seats 2028-06-01 2028-07-01 -250 750 +150',
      'setup_fee setup_fee   -1225 3675 +735',
    ],
    [
      // 15.00 + 7.50 + 9.26 = 31.76, and 3.00 + 1.50 + 1.85 of tax.
      '2028-07-01 asks for 3811',
      'advance base 2028-07-01 2028-08-01 -500 1500 +300',
      'advance seats 2028-07-01 2028-08-01 -250 750 +150',
      'arrears calls 2028-06-01 2028-07-01 -308 926 +185',
    ],
    [
      '2028-08-01 asks for 2700',
      'advance base 2028-08-01 2028-09-01 -500 1500 +300',
      'advance seats 2028-08-01 2028-09-01 -250 750 +150',
      'arrears calls 2028-07-01 2028-08-01 -0 0 +0',
    ],
    [
      '2028-09-01 asks for 3600',
      'advance base 2028-09-01 2028-10-01 -0 2000 +400',
      'advance seats 2028-09-01 2028-10-01 -0 1000 +200',
      'arrears calls 2028-08-01 2028-09-01 -0 0 +0',
    ],
    [
      '2028-10-01 asks for 3600',
      'advance base 2028-10-01 2028-11-01 -0 2000 +400',
      'advance seats 2028-10-01 2028-11-01 -0 1000 +200',
      'arrears calls 2028-09-01 2028-10-01 -0 0 +0',
    ],
    ['2028-11-01 asks for 0', 'arrears calls 2028-10-01 2028-11-01 -0 0 +0'],
  ],
}

/**
 * 1200 a year, and 2400 from July on, without tax. 2028 has 366 days, and 184 are left on 1 July:
 * 1200 × 184/366 = 603.2787 go back, and 2400 × 184/366 = 1206.5574 are charged.
 */
const gerd: HandWritten = {
  story: {
    ...{ code: 'gerd', seller: 'berlin', buyer: 'exempt', timeZone: 'UTC' },
    plan: plan('gerd', 'USD', 'annually', [{ ...flat, rate: '1200' }]),
    startOn: '2028-01-01',
    deeds: [
      {
        ...{ on: '2028-07-01', does: 'change', proration: 'time' },
        plan: plan('gerd-pro', 'USD', 'annually', [{ ...flat, rate: '2400' }]),
      },
    ],
  },
  bills: [
    ['2028-01-01 asks for 120000', 'advance base 2028-01-01 2029-01-01 -0 120000 +0'],
    [
      // 2400.00 + 1206.56 - 603.28
      '2029-01-01 asks for 300328',
      'advance base 2029-01-01 2030-01-01 -0 240000 +0',
      'change base 2028-07-01 2029-01-01 -0 120656 +0',
      'credit base 2028-07-01 2029-01-01 -0 -60328 +0',
    ],
  ],
}

/**
 * 3100 yen a month with 10 % in them: 281.82 of tax. Paused from 11 March on: 21 of 31 days, 2100, go
 * back with 190.91 of tax, and are carried. Resumed on 21 April: 10 of 30 days are 1033.33, so 1033
 * with 93.91. Nothing is left to be billed when it ends with May.
 */
const hana: HandWritten = {
  story: {
    ...{ code: 'hana', seller: 'tokyo', buyer: 'japanese', timeZone: 'Asia/Tokyo' },
    plan: plan('hana', 'JPY', 'monthly', [{ ...flat, rate: '3100' }]),
    startOn: '2028-03-01',
    deeds: [
      { on: '2028-03-11', does: 'pause', when: 'now' },
      { on: '2028-04-21', does: 'resume' },
      { on: '2028-05-05', does: 'cancel', when: 'period_end' },
    ],
  },
  bills: [
    ['2028-03-01 asks for 3100', 'advance base 2028-03-01 2028-04-01 -0 2818 +282'],
    [
      '2028-04-01 asks for 0',
      'carry    -0 1909 +191',
      'credit base 2028-03-11 2028-04-01 -0 -1909 +-191',
    ],
    [
      // 3100 + 1033 - 2100
      '2028-05-01 asks for 2033',
      'advance base 2028-05-01 2028-06-01 -0 2818 +282',
      'carried    -0 -1909 +-191',
      'change base 2028-04-21 2028-05-01 -0 939 +94',
    ],
  ],
}

/**
 * 6000 yen a half year in advance, and seats at 100 in arrears. They become 7 in March, and nobody
 * reckons days: all of the half year counts 7.
 */
const ivan: HandWritten = {
  story: {
    ...{ code: 'ivan', seller: 'tokyo', buyer: 'american', timeZone: 'Pacific/Pago_Pago' },
    plan: plan('ivan', 'JPY', 'semi_annually', [
      { ...flat, rate: '6000' },
      { key: 'seats', title: 'Seats', model: 'per_unit', when: 'arrears', rate: '100' },
    ]),
    startOn: '2028-01-10',
    quantity: '4',
    deeds: [{ on: '2028-03-01', does: 'change', quantity: '7', proration: 'none' }],
  },
  bills: [
    ['2028-01-10 asks for 6000', 'advance base 2028-01-10 2028-07-10 -0 6000 +0'],
    [
      '2028-07-10 asks for 6700',
      'advance base 2028-07-10 2029-01-10 -0 6000 +0',
      'arrears seats 2028-01-10 2028-07-10 -0 700 +0',
    ],
    [
      '2029-01-10 asks for 6700',
      'advance base 2029-01-10 2029-07-10 -0 6000 +0',
      'arrears seats 2028-07-10 2029-01-10 -0 700 +0',
    ],
  ],
}

/**
 * 31.00 dollars with 10 % in them, a tenth off once: 27.90, of which 2.5364 are tax. Without the
 * discount 28.18 of 31.00 are net, so it took 2.82 off the 25.36. It ends after 10 of the 29 days:
 * 27.90 × 19/29 = 18.2793 go back, of which 1.6618 are tax, and stay with the subscription.
 */
const jun: HandWritten = {
  story: {
    ...{ code: 'jun', seller: 'tokyo', buyer: 'japanese', timeZone: 'Asia/Tokyo' },
    plan: plan('jun', 'USD', 'monthly', [{ ...flat, rate: '31' }]),
    startOn: '2028-02-01',
    coupon: { code: 'TENTH', name: 'A tenth', percent: '10', duration: 'once' },
    deeds: [{ on: '2028-02-11', does: 'cancel', when: 'now' }],
  },
  bills: [
    ['2028-02-01 asks for 2790', 'advance base 2028-02-01 2028-03-01 -282 2536 +254'],
    [
      '2028-02-11 asks for 0',
      'carry    -0 1662 +166',
      'credit base 2028-02-11 2028-03-01 -0 -1662 +-166',
    ],
  ],
}

/** Ten customers whose bills were reckoned by hand. */
export const HAND_WRITTEN: readonly HandWritten[] = [
  ...[...FIRST_FIVE, fleur, gerd, hana, ivan, jun],
]
