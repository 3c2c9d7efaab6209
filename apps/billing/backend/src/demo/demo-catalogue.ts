import type { CustomerInput, PlanInput } from '@gramkit/core/billing'

/** Who sells in the demo. */
export const SELLER = {
  code: 'DEMO',
  name: 'Northwind Software',
  company: 'Northwind Software GmbH',
  address: ['Lindenstraße 5', '10969 Berlin'],
  country: 'DE',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  paymentTermsDays: 14,
} as const

/** What is counted in the demo. */
export const METER = {
  code: 'api_calls',
  name: 'API calls',
  unit: 'call',
  aggregation: 'sum',
  valueProperty: 'calls',
} as const

const flat = (title: string, rate: string) =>
  ({ key: 'base', title, model: 'flat', when: 'advance', rate }) as const

/** What is sold in the demo. */
export const PLANS = {
  starter: {
    code: 'STARTER',
    name: 'Starter',
    currency: 'EUR',
    cycle: 'monthly',
    charges: [flat('Starter', '29')],
  },
  team: {
    code: 'TEAM',
    name: 'Team',
    currency: 'EUR',
    cycle: 'monthly',
    charges: [{ key: 'seats', title: 'Seats', model: 'per_unit', when: 'advance', rate: '12' }],
  },
  api: {
    code: 'API',
    name: 'API',
    description: 'A monthly price, and each call beyond 10,000.',
    currency: 'EUR',
    cycle: 'monthly',
    setupFee: 9_900n,
    charges: [
      flat('API', '49'),
      {
        key: 'calls',
        title: 'API calls',
        model: 'graduated',
        when: 'arrears',
        meter: METER.code,
        included: '10000',
        tiers: [
          { upTo: '50000', rate: '0.002' },
          { upTo: '250000', rate: '0.0015' },
          { upTo: null, rate: '0.001' },
        ],
      },
    ],
  },
  enterprise: {
    code: 'ENTERPRISE',
    name: 'Enterprise',
    currency: 'EUR',
    cycle: 'annually',
    charges: [flat('Enterprise', '4800')],
  },
  global: {
    code: 'GLOBAL',
    name: 'Global',
    currency: 'USD',
    cycle: 'monthly',
    charges: [flat('Global', '39')],
  },
} as const satisfies Readonly<Record<string, PlanInput>>

/** How somebody of the demo pays. */
export type Habit = 'in_time' | 'late' | 'in_parts' | 'never'

/** Somebody who buys in the demo. */
export interface DemoCustomer extends Omit<CustomerInput, 'code'> {
  readonly plan: keyof typeof PLANS
  readonly quantity?: string
  /** In which half of a month of the demo they begin, from 0. */
  readonly since: number
  readonly pays: Habit
  readonly coupon?: string
  /** API calls of half a month. [none] */
  readonly calls?: number
  /** In which half of a month they take more seats, or leave. [never] */
  readonly grows?: number
  readonly leaves?: number
}

const GERMAN = { country: 'DE' } as const
const AMERICAN = { country: 'US', currency: 'USD', timeZone: 'America/New_York' } as const

/** Who buys in the demo. */
export const CUSTOMERS: readonly DemoCustomer[] = [
  { ...GERMAN, name: 'Anna Schmidt', plan: 'starter', since: 0, pays: 'in_time' },
  { ...GERMAN, name: 'Bäckerei Krüger', plan: 'starter', since: 0, pays: 'late' },
  { ...GERMAN, name: 'Carl Vogel', plan: 'starter', since: 1, pays: 'in_time', leaves: 9 },
  {
    ...GERMAN,
    name: 'Druckhaus Elbe',
    company: 'Druckhaus Elbe GmbH',
    plan: 'team',
    quantity: '8',
    since: 0,
    pays: 'in_time',
    grows: 6,
  },
  { ...GERMAN, name: 'Elif Aydın', plan: 'starter', since: 2, pays: 'in_time', coupon: 'WELCOME' },
  {
    country: 'FR',
    name: 'Fabre et Fils',
    company: 'Fabre et Fils SARL',
    taxId: 'FR40303265045',
    plan: 'team',
    quantity: '15',
    since: 2,
    pays: 'in_time',
  },
  { ...GERMAN, name: 'Gärtnerei Holm', plan: 'starter', since: 3, pays: 'never', leaves: 10 },
  {
    ...GERMAN,
    name: 'Hafenlogistik Nord',
    company: 'Hafenlogistik Nord AG',
    plan: 'api',
    since: 1,
    pays: 'in_time',
    calls: 42_000,
  },
  {
    ...GERMAN,
    name: 'Isarwerk',
    company: 'Isarwerk GmbH',
    plan: 'enterprise',
    since: 4,
    pays: 'in_time',
  },
  {
    ...AMERICAN,
    name: 'Juniper Labs',
    company: 'Juniper Labs Inc.',
    plan: 'global',
    since: 3,
    pays: 'in_time',
  },
  { ...GERMAN, name: 'Katarina Novak', plan: 'starter', since: 5, pays: 'late', coupon: 'WELCOME' },
  {
    ...GERMAN,
    name: 'Lumen Analytics',
    company: 'Lumen Analytics GmbH',
    plan: 'api',
    since: 4,
    pays: 'in_time',
    calls: 130_000,
  },
  {
    country: 'AT',
    name: 'Mayr & Söhne',
    company: 'Mayr & Söhne KG',
    taxId: 'ATU13585627',
    plan: 'team',
    quantity: '5',
    since: 5,
    pays: 'in_parts',
    paymentTermsDays: 45,
  },
  {
    ...AMERICAN,
    name: 'North Shore Press',
    plan: 'global',
    since: 6,
    pays: 'late',
    paymentTermsDays: 45,
  },
  { ...GERMAN, name: 'Olga Petrova', plan: 'starter', since: 7, pays: 'in_time' },
  {
    ...GERMAN,
    name: 'Praxis Dr. Weber',
    plan: 'team',
    quantity: '4',
    since: 7,
    pays: 'in_time',
    grows: 10,
  },
  {
    ...GERMAN,
    name: 'Quartier Mitte',
    company: 'Quartier Mitte eG',
    plan: 'team',
    quantity: '20',
    since: 8,
    pays: 'in_time',
  },
  {
    ...AMERICAN,
    name: 'Redwood Robotics',
    company: 'Redwood Robotics LLC',
    plan: 'global',
    since: 9,
    pays: 'in_time',
  },
  {
    ...GERMAN,
    name: 'Solveig Dahl',
    plan: 'starter',
    since: 10,
    pays: 'in_time',
    coupon: 'WELCOME',
  },
  { ...GERMAN, name: 'Tischlerei Brandt', plan: 'api', since: 10, pays: 'late', calls: 9_000 },
  { ...GERMAN, name: 'Ulrike Sommer', plan: 'starter', since: 12, pays: 'in_time' },
  {
    country: 'IT',
    name: 'Verde Studio',
    company: 'Verde Studio Srl',
    plan: 'team',
    quantity: '6',
    since: 12,
    pays: 'in_time',
  },
]
