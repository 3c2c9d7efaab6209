import { stripeGateway } from '@gramkit/core/payments/stripe'
import { openTelegramStars } from '@gramkit/core/payments/telegram-stars'
import { yookassaGateway } from '@gramkit/core/payments/yookassa'
import { type GatewayUnderTest, paymentGatewayContract } from '@gramkit/core/testing'
import { type Sandbox, startSandbox } from '@gramkit/sandbox'
import { Api } from 'grammy'

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
