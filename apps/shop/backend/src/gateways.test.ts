import { addMs, newId } from '@gramkit/core/kernel'
import type { StartRequest } from '@gramkit/core/payments'
import { stripeGateway } from '@gramkit/core/payments/stripe'
import { openTelegramStars } from '@gramkit/core/payments/telegram-stars'
import { yookassaGateway } from '@gramkit/core/payments/yookassa'
import { type GatewayUnderTest, paymentGatewayContract } from '@gramkit/core/testing'
import { type Sandbox, startSandbox } from '@gramkit/sandbox'
import { Api } from 'grammy'
import { describe, expect, test } from 'vitest'

const BOT_TOKEN = '700000001:AAtest-token-of-the-gateway-contract'
const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-gateway-contract' }

const ACCOUNT = {
  accountId: 'acct_contract',
  secretKey: 'sk_test_of-the-gateway-contract',
  webhookSecret: 'whsec_of-the-gateway-contract',
}

const STRIPE_CALLS = [
  'POST /checkout/sessions',
  'POST /payment_intents',
  'POST /payment_intents/:id/capture',
  'POST /refunds',
]

/** What the providers of the sandbox have in common. */
async function inSandbox(provider: 'telegram-stars' | 'yookassa' | 'stripe') {
  const sandbox: Sandbox = await startSandbox({
    dataDir: ':memory:',
    bots: [{ token: BOT_TOKEN, username: 'shop_bot', name: 'Shop' }],
    shops: [SHOP],
    stripeAccounts: [ACCOUNT],
  })
  const { clock, faults } = sandbox.control
  const target = provider === 'telegram-stars' ? 'telegram' : provider
  const always = { target, times: null } as const
  const shared: Omit<GatewayUnderTest, 'gateway' | 'pay' | 'payerTelegramId'> = {
    now: clock.now,
    wait: async (minutes) => {
      await clock.advance({ minutes })
    },
    loseAnswers: async () => {
      await faults.add({ ...always, kind: 'drop', effect: 'done' })
    },
    goAway: async () => {
      await faults.add({ ...always, kind: 'error', effect: 'not_done' })
    },
    recover: () => faults.clear(),
    async books() {
      const lines = await sandbox.control.transactions(provider)
      const payments = lines.filter(({ kind }) => kind === 'payment').length
      return { payments, refunds: lines.length - payments }
    },
    secrets: [BOT_TOKEN, SHOP.secretKey, ACCOUNT.secretKey],
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
  return { sandbox, shared }
}

/** Says yes to the next question of Telegram whether a payment may go ahead. */
async function allowPayment(bot: Api): Promise<void> {
  for (let offset = 0; ; ) {
    for (const update of await bot.getUpdates({ offset, timeout: 5 })) {
      offset = update.update_id + 1
      if (!update.pre_checkout_query) continue
      await bot.answerPreCheckoutQuery(update.pre_checkout_query.id, true)
      await bot.getUpdates({ offset })
      return
    }
  }
}

paymentGatewayContract({
  name: 'telegram-stars',
  amounts: [1n, 10n, 2_500n],
  async make() {
    const { sandbox, shared } = await inSandbox('telegram-stars')
    const person = sandbox.control.user('ada', { first_name: 'Ada', stars: 10_000 })
    const apiRoot = `${sandbox.url}/sandbox/telegram`
    const bot = new Api(BOT_TOKEN, { apiRoot })
    return {
      ...shared,
      gateway: openTelegramStars({ botToken: BOT_TOKEN, apiRoot }),
      payerTelegramId: BigInt(await person.id()),
      async pay({ confirmationUrl }) {
        const [{ charge_id, error }] = await Promise.all([
          person.pay(confirmationUrl),
          allowPayment(bot),
        ])
        if (!charge_id) throw new Error(`Not paid: ${error}`)
        return charge_id
      },
    }
  },
})

paymentGatewayContract({
  name: 'yookassa',
  async make() {
    const { sandbox, shared } = await inSandbox('yookassa')
    return {
      ...shared,
      gateway: yookassaGateway({ ...SHOP, apiRoot: `${sandbox.url}/sandbox/yookassa/v3` }),
      payerTelegramId: null,
      async pay({ providerPaymentId }) {
        return (await sandbox.control.yookassa.succeed(providerPaymentId ?? '')).id
      },
    }
  },
})

/** The gateway of Stripe with its sandbox, and how to sell by it. */
async function aStripe() {
  const { sandbox, shared } = await inSandbox('stripe')
  const { secretKey } = ACCOUNT
  const gateway = stripeGateway({ secretKey, apiRoot: sandbox.url })
  const request = (money: StartRequest['money'], more: Partial<StartRequest> = {}) => ({
    paymentId: newId(),
    money,
    product: {
      id: 'mug',
      kind: 'piece',
      goods: 'physical' as const,
      title: 'Mug',
      description: 'A mug.',
      capture: 'automatic' as const,
    },
    returnUrl: 'https://shop.example/',
    savesMethod: false,
    ...more,
  })
  return { sandbox, shared, gateway, request }
}

describe('the gateway of Stripe', () => {
  test.each([
    ['yen by the yen', { amount: 500n, currency: 'JPY' }, 500],
    ['dinars by the thousandth', { amount: 1_230n, currency: 'KWD' }, 1_230],
    ['pounds by the penny', { amount: 1_999n, currency: 'GBP' }, 1_999],
  ] as const)('counts %s', async (_what, money, amount_total) => {
    const { sandbox, gateway, request } = await aStripe()
    await using _ = sandbox
    const { providerPaymentId } = await gateway.start(request(money))
    const [session] = await sandbox.control.stripe.sessions()
    expect(session).toMatchObject({ amount_total, currency: money.currency.toLowerCase() })
    expect(await gateway.fetch?.(providerPaymentId ?? '')).toMatchObject({ money })
  })

  test.each([
    ['less than Stripe charges', { amount: 49n, currency: 'USD' }, 'amount_too_small'],
    ['a thousandth of a dinar', { amount: 1_235n, currency: 'KWD' }, 'parameter_invalid_integer'],
  ] as const)('gets a definite no for %s', async (_what, money, reason) => {
    const { sandbox, gateway, request } = await aStripe()
    await using _ = sandbox
    await expect(gateway.start(request(money))).rejects.toMatchObject({ details: { reason } })
  })

  test('says why a saved card was declined, and which is never charged again', async () => {
    const { sandbox, gateway, request } = await aStripe()
    await using _ = sandbox
    const { control } = sandbox
    const asked = request({ amount: 1_999n, currency: 'USD' }, { savesMethod: true })
    const { providerPaymentId } = await gateway.start(asked)
    const { id } = await control.stripe.pay(providerPaymentId ?? '')
    const { savedMethodId = '' } = (await gateway.fetch?.(id)) ?? {}
    const charge = () =>
      gateway.chargeSavedMethod?.({ ...asked, paymentId: newId(), savedMethodId })
    const { finalDeclines } = gateway.capabilities
    for (const [reason, isFinal] of [
      ['insufficient_funds', false],
      ['do_not_honor', false],
      ['authentication_required', true],
      ['expired_card', true],
      ['stolen_card', true],
    ] as const) {
      await control.faults.add({ target: 'stripe', kind: 'decline', reason })
      expect(await charge()).toMatchObject({ status: 'failed', failureReason: reason })
      expect(finalDeclines?.includes(reason), reason).toBe(isFinal)
    }
    await control.faults.add({ target: 'stripe', kind: 'pending' })
    expect(await charge()).toMatchObject({ status: 'pending' })
    await control.stripe.detach(savedMethodId)
    const reason = 'payment_method_detached'
    await expect(charge()).rejects.toMatchObject({ details: { reason } })
    expect(finalDeclines).toContain(reason)
  })

  test('reads books of many pages, payments before their refunds', async () => {
    const { sandbox, shared, gateway, request } = await aStripe()
    await using _ = sandbox
    const since = await shared.now()
    for (let count = 0; count < 15; count++) {
      const asked = request({ amount: 1_999n, currency: 'USD' })
      const { providerPaymentId } = await gateway.start(asked)
      await sandbox.control.stripe.pay(providerPaymentId ?? '')
      const refund = { refundId: newId(), money: asked.money, payerTelegramId: null }
      await gateway.refund({ ...refund, providerPaymentId: providerPaymentId ?? '' })
    }
    const kinds: string[] = []
    let pages = 0
    for (let cursor: string | undefined, isLast = false; !isLast; pages++) {
      const until = addMs(await shared.now(), 5_000)
      const page = await gateway.readBooks?.({ cursor, since, until })
      kinds.push(...(page?.entries ?? []).map(({ kind }) => kind))
      cursor = page?.cursor
      isLast = page?.isLast ?? true
    }
    expect(pages).toBeGreaterThan(1)
    expect(kinds).toEqual([...Array(15).fill('payment'), ...Array(15).fill('refund')])
  })
})

paymentGatewayContract({
  name: 'stripe',
  // It takes half a dollar at least, and no part of a payment that is less.
  amounts: [50n, 129n, 1_999n, 123_456n],
  async make() {
    const { sandbox, shared } = await inSandbox('stripe')
    return {
      ...shared,
      // Of the calls that do something: what is asked before them is answered.
      async loseAnswers() {
        for (const method of STRIPE_CALLS) {
          const { faults } = sandbox.control
          await faults.add({ target: 'stripe', method, kind: 'drop', effect: 'done', times: null })
        }
      },
      gateway: stripeGateway({ secretKey: ACCOUNT.secretKey, apiRoot: sandbox.url }),
      payerTelegramId: null,
      async pay({ providerPaymentId }) {
        return (await sandbox.control.stripe.pay(providerPaymentId ?? '')).id
      },
    }
  },
})
