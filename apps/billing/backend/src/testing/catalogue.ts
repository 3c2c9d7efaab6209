import { assert } from '@gramkit/core/kernel'
import type { Answer } from '@gramkit/sandbox/testing'
import type { TenantClient } from './running-billing.ts'

/** Where the routes of tenants are. */
export const API = '/billing/api/v1'

/** A plan of 29.99 a month in advance. */
export const BASIC = {
  code: 'BASIC',
  name: 'Basic Plan',
  currency: 'EUR',
  cycle: 'monthly',
  charges: [{ key: 'base', title: 'Basic Plan', model: 'flat', when: 'advance', rate: '29.99' }],
}

/** Calls a route that must go well, and gives what it made. */
export async function made(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  assert(status < 300, `It was answered with ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Makes a customer with a subscription of a published plan. */
export async function aSubscription(
  { post }: Pick<TenantClient, 'post'>,
  { code = 'CUST001', plan = BASIC }: { readonly code?: string; readonly plan?: object } = {},
) {
  const customer = await made(post(`${API}/customers`, { code, name: `Customer ${code}` }))
  const { id: planId } = await made(post(`${API}/plans`, plan))
  await made(post(`${API}/plans/${planId}/publish`))
  const begun = { customerId: customer.id, planId }
  return { customer, planId, subscription: await made(post(`${API}/subscriptions`, begun)) }
}
