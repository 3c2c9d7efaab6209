import { DAY_MS, newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import type { Subscription } from '@gramkit/core/subscriptions'
import { overtake } from '@gramkit/services/overtake'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { paid } from './testing/paid.ts'
import { type ApiClient, aGuest } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import {
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  userIdOf,
} from './testing/subscribers.ts'

const shop = shopForAllTests()
const core = () => shop.served().app.platform.core

const pro = 'pro-monthly'

async function subscriptionOf(client: Pick<ApiClient, 'get'>): Promise<Subscription> {
  const { items } = await core().subscriptions.list(await userIdOf(client))
  if (!items[0]) throw new Error('There is no subscription')
  return items[0]
}

async function lastPaymentOf(client: Pick<ApiClient, 'get'>): Promise<Payment> {
  return core().payments.getById((await paymentsOf(client))[0].id)
}

const write = (subscription: Subscription, changes: string) =>
  core().repos.db.execute(
    sql`update gramkit.subscription set ${sql.raw(changes)} where id = ${subscription.id}`,
  )

/** While others wait for it, a subscription is changed. */
const meanwhile = <T>(subscription: Subscription, changes: string, act: () => T) =>
  overtake(shop, `update gramkit.subscription set ${changes} where id = $1`, [subscription.id], act)

/** A charge of the next period that nobody has put to the provider yet. */
async function openRenewal(guest: ApiClient, subscription: Subscription): Promise<Payment> {
  const original = await lastPaymentOf(guest)
  return core().payments.openRenewal({
    original,
    savedMethodId: original.savedMethodId ?? '',
    subscriptionId: subscription.id,
    product: original.product,
    amount: original.amount,
  })
}

describe('a trial', () => {
  test('is had once for a group of plans, also after it is over', async () => {
    const userId = await userIdOf(await aGuest(shop))
    const tried = await core().subscriptions.startTrial(userId, pro)
    expect(await core().subscriptions.hasAccess(userId, 'export')).toBe(true)
    await write(tried, `status = 'expired', expires_at = null`)
    expect(await core().subscriptions.hasAccess(userId, 'export')).toBe(false)
    expect(await core().repos.grants.findTrial(userId, tried.planGroup)).toMatchObject({
      subscriptionId: tried.id,
    })
    await expect(core().subscriptions.startTrial(userId, pro)).rejects.toMatchObject({
      code: 'subscriptions.trial_used',
    })
  })
})

describe('a gift', () => {
  const give = (userId: string, id = newId()) =>
    core().subscriptions.gift({ id, userId, productId: pro, actor: 'test' })

  test('gives once under its id, and to one person', async () => {
    const [ada, eve] = [await userIdOf(await aGuest(shop)), await userIdOf(await aGuest(shop))]
    const id = newId()
    const given = await give(ada, id)
    expect(await give(ada, id)).toEqual(given)
    await expect(give(eve, id)).rejects.toMatchObject({ code: 'subscriptions.gift_conflict' })
  })

  test('comes on top of what was given at that very moment', async () => {
    const userId = await userIdOf(await aGuest(shop))
    const first = await give(userId)
    const more = `extra_ms = ${DAY_MS}, expires_at = expires_at + interval '1 day'`
    expect(await meanwhile(first, more, () => give(userId))).toMatchObject({
      extraMs: 31 * DAY_MS,
    })
  })
})

describe('a saved method', () => {
  async function boughtBy(guest: ApiClient, autopaymentConsent?: object): Promise<Payment> {
    const purchase = { productId: pro, gateway: 'yookassa', currency: 'RUB', autopaymentConsent }
    const { body } = await guest.post('/api/v1/payments', purchase)
    return core().payments.getById(body.payment.id)
  }
  const settledWith = async (payment: Payment, providerPaymentId = newId()) =>
    core().payments.apply({ ...paid(payment, providerPaymentId), savedMethodId: 'card' })

  test('is kept by consent alone, which a purchase has once', async () => {
    const without = await boughtBy(await aGuest(shop))
    expect(await settledWith(without, without.providerPaymentId ?? '')).toMatchObject({
      payment: { savedMethodId: null },
    })
    const payment = await boughtBy(await aGuest(shop), { textVersion: 'test' })
    const consent = await core().repos.consents.findGiven(payment.id)
    if (!consent) throw new Error('Consent was given')
    const { withdrawnAt: _, ...given } = consent
    await expect(core().repos.consents.insert({ ...given, id: newId() })).rejects.toThrow()
  })

  test('is forgotten with the consent, and not learnt from money that comes later', async () => {
    const guest = await aGuest(shop)
    const payment = await boughtBy(guest, { textVersion: 'test' })
    expect(await settledWith(payment, payment.providerPaymentId ?? '')).toMatchObject({
      payment: { savedMethodId: 'card' },
    })
    const { id, userId } = await subscriptionOf(guest)
    await core().subscriptions.withdrawConsent(userId, id)
    expect(await core().payments.getById(payment.id)).toMatchObject({ savedMethodId: null })
    expect(await subscriptionOf(guest)).toMatchObject({ savedMethodId: null })
    expect(await settledWith(payment)).toMatchObject({ payment: { savedMethodId: null } })
  })

  test('is not charged before the day', async () => {
    const { id } = await subscriptionOf(await subscribedWithCard(shop))
    const due = await core().repos.subscriptions.lockDue('nextChargeAt', core().clock.now(), 1_000)
    expect(due.map((subscription) => subscription.id)).not.toContain(id)
  })

  test('is not charged once its subscription was cancelled', async () => {
    const guest = await subscribedWithCard(shop)
    const subscription = await subscriptionOf(guest)
    const renewal = await openRenewal(guest, subscription)
    await core().subscriptions.cancel(subscription.userId, subscription.id)
    expect(await core().payments.chargeSavedMethod(renewal)).toMatchObject({ status: 'created' })
  })

  test('is not charged, nor the plan changed, while another charge is open', async () => {
    const guest = await subscribedWithCard(shop)
    const subscription = await subscriptionOf(guest)
    await openRenewal(guest, subscription)
    const change = { productId: 'plus-monthly', proration: 'none' } as const
    const { id, userId } = subscription
    await expect(core().subscriptions.change(userId, id, change)).rejects.toMatchObject({
      details: { reason: 'a_charge_is_open' },
    })
    await write(subscription, `next_charge_at = now() - interval '1 minute'`)
    await core().renewals.renewDue()
    expect(await paymentsOf(guest)).toHaveLength(2)
  })
})

describe('a subscription', () => {
  test('is charged for two changes of plan at once as for one', async () => {
    const guest = await subscribedWithCard(shop)
    const { id, userId } = await subscriptionOf(guest)
    const change = { productId: 'plus-monthly', proration: 'none' } as const
    const hold = 'select from gramkit.subscription where id = $1 for update'
    const both = () =>
      Promise.all([1, 2].map(() => core().subscriptions.change(userId, id, change)))
    await overtake(shop, hold, [id], both, { count: 2 })
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('keeps a period that is paid while it is being paused', async () => {
    const subscription = await subscriptionOf(await subscribedWithCard(shop))
    const { id, userId, currentPeriodEnd } = subscription
    const longer = `current_period_end = current_period_end + interval '30 days'`
    const paused = await meanwhile(subscription, longer, () =>
      core().subscriptions.pause(userId, id),
    )
    expect(paused.currentPeriodEnd.getTime() - currentPeriodEnd.getTime()).toBe(30 * DAY_MS)
  })

  test('is not past due when somebody pays while its charge is declined', async () => {
    const guest = await subscribedWithCard(shop)
    const subscription = await subscriptionOf(guest)
    const renewal = await openRenewal(guest, subscription)
    await write(subscription, `current_period_end = now() - interval '1 minute'`)
    const longer = `current_period_end = now() + interval '30 days'`
    await meanwhile(subscription, longer, () => core().renewals.decline(renewal))
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'active' })
  })

  test('keeps a gift that comes while its payment is taken back', async () => {
    const guest = await subscribedWithCard(shop)
    const subscription = await subscriptionOf(guest)
    const payment = await lastPaymentOf(guest)
    await meanwhile(subscription, `extra_ms = ${DAY_MS}`, () =>
      core().subscriptions.takeBack(payment),
    )
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'canceled' })
  })

  test('does not believe what is older than what it hears at that very moment', async () => {
    const customer = await subscribedWithStars(shop)
    const subscription = await subscriptionOf(customer)
    const word = {
      firstPaymentId: subscription.firstPaymentId ?? '',
      payerTelegramId: BigInt(customer.telegramId),
      state: 'canceled' as const,
      heardAt: core().clock.now(),
    }
    const newer = `heard_at = now() + interval '1 hour'`
    await meanwhile(subscription, newer, () => core().subscriptions.hear(word))
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
  })

  test('whose charge is due is charged before it may end', async () => {
    const guest = await subscribedWithCard(shop)
    const subscription = await subscriptionOf(guest)
    const past = `now() - interval '1 minute'`
    // In one transaction, so that nobody charges it in between.
    await core().transaction(async (tx) => {
      await tx.repos.db.execute(
        sql`update gramkit.subscription set next_charge_at = ${sql.raw(past)},
            expires_at = ${sql.raw(past)} where id = ${subscription.id}`,
      )
      await tx.renewals.expireDue()
    })
    expect((await subscriptionOf(guest)).status).not.toBe('expired')
  })
})
