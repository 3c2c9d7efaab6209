import { memoryStore, scopedStore } from '@gramkit/mini-app/store'
import { expect, test } from 'vitest'
import type { Payment, Product } from '../api/wire.ts'
import { PurchaseIntents } from './intents.ts'
import { offersOf } from './offers.ts'
import { payUrlOf, progressOf } from './progress.ts'

const credits = { productId: 'credits-100', gateway: 'telegram-stars', currency: 'XTR' } as const
const mug = { productId: 'mug', gateway: 'yookassa', currency: 'RUB' } as const

function intentsWith(store = memoryStore(), prefix = 'key') {
  let made = 0
  return new PurchaseIntents(store, () => `${prefix}-${++made}`)
}

test('An intent keeps its key until it is settled, and the next one gets another', () => {
  const intents = intentsWith()
  expect(intents.keyOf(credits)).toBe('key-1')
  expect(intents.keyOf(mug)).toBe('key-2')
  expect(intents.keyOf(credits)).toBe('key-1')
  intents.settle(credits)
  expect(intents.keyOf(credits)).toBe('key-3')
  expect(intents.keyOf(mug)).toBe('key-2')
})

test('A key outlives a reload, and people who share a browser have their own', () => {
  const store = memoryStore()
  const first = intentsWith(scopedStore(store, 'anna.'), 'first')
  expect(first.keyOf(credits)).toBe('first-1')
  expect(intentsWith(scopedStore(store, 'anna.'), 'later').keyOf(credits)).toBe('first-1')
  expect(intentsWith(scopedStore(store, 'olga.'), 'olga').keyOf(credits)).toBe('olga-1')
})

const product: Product = {
  id: 'credits-500',
  kind: 'credits',
  goods: 'digital',
  title: '500 credits',
  description: '',
  prices: [
    { currency: 'XTR', amount: '200' },
    { currency: 'RUB', amount: '19900' },
  ],
  credits: { unit: 'credits', amount: '500' },
  plan: null,
  gateways: [],
}

test('Stars are offered in Stars, other gateways in money, and nothing where nobody may sell', () => {
  const offered = (gateways: string[]) =>
    offersOf({ ...product, gateways }).map(({ gateway, currency }) => `${gateway} ${currency}`)
  expect(offered(['telegram-stars'])).toEqual(['telegram-stars XTR'])
  expect(offered(['yookassa'])).toEqual(['yookassa RUB'])
  expect(offered(['telegram-stars', 'yookassa'])).toEqual(['telegram-stars XTR', 'yookassa RUB'])
  expect(offered([])).toEqual([])
})

test('A payment is done only in the states the server reaches after money came', () => {
  const states: Record<Payment['status'], string> = {
    created: 'waiting',
    pending: 'waiting',
    waiting_for_capture: 'waiting',
    unknown: 'waiting',
    succeeded: 'done',
    partially_refunded: 'done',
    refunded: 'done',
    disputed: 'done',
    canceled: 'over',
    expired: 'over',
    failed: 'over',
  }
  for (const status of statusesOf(states)) expect(progressOf({ status })).toBe(states[status])
})

test('A place to pay is offered only while money is awaited there', () => {
  const payment: Payment = {
    id: '1',
    status: 'pending',
    gateway: 'yookassa',
    productId: 'mug',
    title: 'Mug',
    amount: '99000',
    currency: 'RUB',
    refundedAmount: '0',
    confirmationUrl: 'https://pay.example/1',
    subscriptionId: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    paidAt: null,
  }
  expect(payUrlOf(payment)).toBe('https://pay.example/1')
  expect(payUrlOf({ ...payment, confirmationUrl: null })).toBeUndefined()
  expect(payUrlOf({ ...payment, status: 'waiting_for_capture' })).toBeUndefined()
  expect(payUrlOf({ ...payment, status: 'succeeded' })).toBeUndefined()
})

function statusesOf(states: Record<Payment['status'], string>): Payment['status'][] {
  const isStatus = (text: string): text is Payment['status'] => text in states
  return Object.keys(states).filter(isStatus)
}
