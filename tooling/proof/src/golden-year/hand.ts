import type { Story, StoryPlan } from './story.ts'

/** A story, and its bills as they were reckoned by hand. */
export interface HandWritten {
  readonly story: Story
  /** Each bill: `day asks for total`, and its lines: `kind charge from until -discount net +tax`. */
  readonly bills: readonly (readonly string[])[]
}

const NO_FEE = { setupFee: 0n } as const
const flat = { key: 'base', title: 'Base', model: 'flat', when: 'advance' } as const

/** 9.99 a month. 19 % of it are 1.8981, and from July on 21 % are 2.0979. */
const anna: HandWritten = {
  story: {
    ...{ code: 'anna', seller: 'berlin', buyer: 'german', timeZone: 'Europe/Berlin' },
    plan: plan('anna', 'EUR', 'monthly', [{ ...flat, rate: '9.99' }]),
    startOn: '2028-01-31',
  },
  bills: [
    ['2028-01-31 asks for 1189', 'advance base 2028-01-31 2028-02-29 -0 999 +190'],
    ['2028-02-29 asks for 1189', 'advance base 2028-02-29 2028-03-31 -0 999 +190'],
    ['2028-03-31 asks for 1189', 'advance base 2028-03-31 2028-04-30 -0 999 +190'],
    ['2028-04-30 asks for 1189', 'advance base 2028-04-30 2028-05-31 -0 999 +190'],
    ['2028-05-31 asks for 1189', 'advance base 2028-05-31 2028-06-30 -0 999 +190'],
    ['2028-06-30 asks for 1189', 'advance base 2028-06-30 2028-07-31 -0 999 +190'],
    ['2028-07-31 asks for 1209', 'advance base 2028-07-31 2028-08-31 -0 999 +210'],
    ['2028-08-31 asks for 1209', 'advance base 2028-08-31 2028-09-30 -0 999 +210'],
    ['2028-09-30 asks for 1209', 'advance base 2028-09-30 2028-10-31 -0 999 +210'],
    ['2028-10-31 asks for 1209', 'advance base 2028-10-31 2028-11-30 -0 999 +210'],
    ['2028-11-30 asks for 1209', 'advance base 2028-11-30 2028-12-31 -0 999 +210'],
    ['2028-12-31 asks for 1209', 'advance base 2028-12-31 2029-01-31 -0 999 +210'],
    ['2029-01-31 asks for 1209', 'advance base 2029-01-31 2029-02-28 -0 999 +210'],
    ['2029-02-28 asks for 1209', 'advance base 2029-02-28 2029-03-31 -0 999 +210'],
  ],
}

/**
 * Calls at 0.015, of which 1000 a month are included; no tax. March: 1533, so 533 × 0.015 = 7.995,
 * half of a cent goes to the even 8.00. April: 1100, so 1.50; 40 more are told in May, so 140 × 0.015
 * = 2.10, of which 0.60 come late.
 */
const bob: HandWritten = {
  story: {
    ...{ code: 'bob', seller: 'berlin', buyer: 'american', timeZone: 'America/New_York' },
    plan: plan('bob', 'USD', 'monthly', [
      {
        ...{ key: 'calls', title: 'Calls', model: 'per_unit', when: 'arrears', meter: 'calls' },
        ...{ rate: '0.015', included: '1000' },
      },
    ]),
    startOn: '2028-03-01',
    usage: [
      { meter: 'calls', on: '2028-03-05', toldOn: '2028-03-05', units: '1500' },
      { meter: 'calls', on: '2028-03-31', toldOn: '2028-03-31', units: '33' },
      { meter: 'calls', on: '2028-04-10', toldOn: '2028-04-10', units: '1100' },
      { meter: 'calls', on: '2028-04-20', toldOn: '2028-05-10', units: '40' },
    ],
    deeds: [{ on: '2028-06-15', does: 'cancel', when: 'period_end' }],
  },
  bills: [
    ['2028-04-01 asks for 800', 'arrears calls 2028-03-01 2028-04-01 -0 800 +0'],
    ['2028-05-01 asks for 150', 'arrears calls 2028-04-01 2028-05-01 -0 150 +0'],
    [
      '2028-06-01 asks for 60',
      'arrears calls 2028-05-01 2028-06-01 -0 0 +0',
      'late calls 2028-05-01 2028-06-01 -0 60 +0',
    ],
    ['2028-07-01 asks for 0', 'arrears calls 2028-06-01 2028-07-01 -0 0 +0'],
  ],
}

/**
 * Tiers: 100 at 1, 100 more at 0.50, the rest at 0.10; the buyer owes the tax. 250 are 100 + 50 + 5 =
 * 155. 100.5 are 100 + 0.25. It ends on 11 August; 50 were used in its ten days, 7 on the day after.
 */
const claire: HandWritten = {
  story: {
    ...{ code: 'claire', seller: 'berlin', buyer: 'french_company', timeZone: 'UTC' },
    plan: plan('claire', 'EUR', 'quarterly', [
      {
        ...{ key: 'gb', title: 'Traffic', model: 'graduated', when: 'arrears', meter: 'gb' },
        tiers: [
          { upTo: '100', rate: '1' },
          { upTo: '200', rate: '0.5' },
          { upTo: null, rate: '0.1' },
        ],
      },
    ]),
    startOn: '2028-02-01',
    usage: [
      { meter: 'gb', on: '2028-02-01', toldOn: '2028-02-01', units: '200' },
      { meter: 'gb', on: '2028-04-30', toldOn: '2028-04-30', units: '50' },
      { meter: 'gb', on: '2028-05-01', toldOn: '2028-05-01', units: '100.5' },
      { meter: 'gb', on: '2028-08-10', toldOn: '2028-08-10', units: '50' },
      { meter: 'gb', on: '2028-08-11', toldOn: '2028-08-11', units: '7' },
    ],
    deeds: [{ on: '2028-08-11', does: 'cancel', when: 'now' }],
  },
  bills: [
    ['2028-05-01 asks for 15500', 'arrears gb 2028-02-01 2028-05-01 -0 15500 +0'],
    ['2028-08-01 asks for 10025', 'arrears gb 2028-05-01 2028-08-01 -0 10025 +0'],
    ['2028-08-11 asks for 5000', 'arrears gb 2028-08-01 2028-08-11 -0 5000 +0'],
  ],
}

/**
 * Seats by volume: up to 10 at 12, more at 9.50 each. 10 are 120.00, 11 are 104.50. The quarter from
 * 15 January has 17 + 29 + 31 + 14 = 91 days, and 61 of them are left on 14 February:
 * 120.00 × 61/91 = 80.4396 go back, and 104.50 × 61/91 = 70.0495 are charged.
 * 19 %: of 80.44 15.2836, of 70.05 13.3095, of 104.50 19.855, which goes to the even 19.86.
 * 21 % of 104.50 are 21.945, which goes to the even 21.94.
 */
const dieter: HandWritten = {
  story: {
    ...{ code: 'dieter', seller: 'berlin', buyer: 'german', timeZone: 'Europe/Berlin' },
    plan: plan('dieter', 'EUR', 'quarterly', [
      {
        ...{ key: 'seats', title: 'Seats', model: 'volume', when: 'advance' },
        tiers: [
          { upTo: '10', rate: '12' },
          { upTo: null, rate: '9.5' },
        ],
      },
    ]),
    startOn: '2028-01-15',
    quantity: '10',
    deeds: [{ on: '2028-02-14', does: 'change', quantity: '11', proration: 'time' }],
  },
  bills: [
    ['2028-01-15 asks for 14280', 'advance seats 2028-01-15 2028-04-15 -0 12000 +2280'],
    [
      // 104.50 + 70.05 - 80.44 = 94.11, and of tax 19.86 + 13.31 - 15.28 = 17.89.
      '2028-04-15 asks for 11200',
      'advance seats 2028-04-15 2028-07-15 -0 10450 +1986',
      'change seats 2028-02-14 2028-04-15 -0 7005 +1331',
      'credit seats 2028-02-14 2028-04-15 -0 -8044 +-1528',
    ],
    ['2028-07-15 asks for 12644', 'advance seats 2028-07-15 2028-10-15 -0 10450 +2194'],
    ['2028-10-15 asks for 12644', 'advance seats 2028-10-15 2029-01-15 -0 10450 +2194'],
    ['2029-01-15 asks for 12644', 'advance seats 2029-01-15 2029-04-15 -0 10450 +2194'],
  ],
}

/**
 * Packages of 10 boxes for 500 yen with 10 % in them; 5 a week are included. 26 are 21 beyond, so 3
 * packages: 1500, of which 1500/11 = 136.36 are tax. 15.5 are 10.5 beyond, so 2: 1000 with 90.91.
 */
const emi: HandWritten = {
  story: {
    ...{ code: 'emi', seller: 'tokyo', buyer: 'japanese', timeZone: 'Asia/Tokyo' },
    plan: plan('emi', 'JPY', 'weekly', [
      {
        ...{ key: 'boxes', title: 'Boxes', model: 'package', when: 'arrears', meter: 'boxes' },
        ...{ size: '10', rate: '500', included: '5' },
      },
    ]),
    startOn: '2028-02-24',
    usage: [
      { meter: 'boxes', on: '2028-02-25', toldOn: '2028-02-25', units: '26' },
      { meter: 'boxes', on: '2028-03-02', toldOn: '2028-03-02', units: '5' },
      { meter: 'boxes', on: '2028-03-15', toldOn: '2028-03-15', units: '15.5' },
    ],
    deeds: [{ on: '2028-03-10', does: 'cancel', when: 'period_end' }],
  },
  bills: [
    ['2028-03-02 asks for 1500', 'arrears boxes 2028-02-24 2028-03-02 -0 1364 +136'],
    ['2028-03-09 asks for 0', 'arrears boxes 2028-03-02 2028-03-09 -0 0 +0'],
    ['2028-03-16 asks for 1000', 'arrears boxes 2028-03-09 2028-03-16 -0 909 +91'],
  ],
}

/** The first five of ten. */
export const FIRST_FIVE = [anna, bob, claire, dieter, emi]

/** A plan without a set-up fee. */
export function plan(
  code: string,
  currency: StoryPlan['currency'],
  cycle: StoryPlan['cycle'],
  charges: StoryPlan['charges'],
): StoryPlan {
  return { ...NO_FEE, code, currency, cycle, charges }
}
