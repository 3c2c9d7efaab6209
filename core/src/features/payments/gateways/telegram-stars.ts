/**
 * Telegram Stars: invoices in XTR, paid inside Telegram, refunded in full, renewed by Telegram.
 *
 * @module
 */
import { Api, GrammyError, HttpError } from 'grammy'
import { DAY_MS } from '../../../kernel/index.ts'
import type { PaymentGateway } from '../payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable } from '../payments.errors.ts'
import { readStarTransaction } from './telegram-updates.ts'

/** Name under which payments keep this gateway. */
export const TELEGRAM_STARS = 'telegram-stars'

/** The one subscription period that Telegram bills, 30 days (Bot API, createInvoiceLink). */
const SUBSCRIPTION_PERIOD_SECONDS = 2_592_000

/** What the gateway calls of grammY's `Api`. */
export type StarsApi = Pick<
  Api,
  'createInvoiceLink' | 'refundStarPayment' | 'editUserStarSubscription' | 'getStarTransactions'
>

/** Most transactions that Telegram gives at once. */
const BOOK_PAGE_LINES = 100

/** A call to Telegram that is not answered within this time is open. */
const TIMEOUT_SECONDS = 8

/** Makes the gateway of the bot with a token. */
export function openTelegramStars(options: {
  readonly botToken: string
  readonly apiRoot?: string
}): PaymentGateway {
  return telegramStarsGateway(
    new Api(options.botToken, {
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(options.apiRoot ? { apiRoot: options.apiRoot } : {}),
    }),
  )
}

/** Makes the gateway on a bot's API client. */
export function telegramStarsGateway(api: StarsApi): PaymentGateway {
  return {
    name: TELEGRAM_STARS,
    capabilities: {
      currencies: ['XTR'],
      goods: { telegram: ['digital'], web: [] },
      partialRefund: false,
      renewals: 'provider',
      paymentTtlMs: DAY_MS,
    },
    // No look-up: another link is not another charge, and a second refund answers that it is done.

    async start({ paymentId, money, product }) {
      const confirmationUrl = await call(() =>
        api.createInvoiceLink(
          product.title,
          product.description,
          paymentId,
          '',
          'XTR',
          [{ label: product.title, amount: Number(money.amount) }],
          product.plan ? { subscription_period: SUBSCRIPTION_PERIOD_SECONDS } : {},
        ),
      )
      return { providerPaymentId: null, confirmationUrl }
    },

    async refund({ providerPaymentId, payerTelegramId }) {
      if (payerTelegramId === null) {
        throw new ProviderRejected({ gateway: TELEGRAM_STARS, reason: 'the payer is not known' })
      }
      try {
        await call(() => api.refundStarPayment(Number(payerTelegramId), providerPaymentId))
      } catch (error) {
        const isDone = error instanceof ProviderRejected && /ALREADY_REFUNDED/.test(error.message)
        if (!isDone) throw error
      }
      return { providerRefundId: providerPaymentId, status: 'succeeded' }
    },

    async switchRenewal({ payerTelegramId, providerPaymentId, isCanceled }) {
      await call(() =>
        api.editUserStarSubscription(Number(payerTelegramId), providerPaymentId, isCanceled),
      )
    },

    async readBooks({ cursor = '0', until }) {
      const offset = Number(cursor)
      // Oldest first, so the number of lines read is where the next page begins.
      const { transactions } = await call(() =>
        api.getStarTransactions({ offset, limit: BOOK_PAGE_LINES }),
      )
      const settled = transactions.filter(({ date }) => date * 1_000 < until.getTime())
      return {
        entries: settled.flatMap((transaction) => readStarTransaction(transaction) ?? []),
        cursor: String(offset + settled.length),
        isLast: settled.length < BOOK_PAGE_LINES,
      }
    },
  }
}

/** Calls Telegram and rewrites its failures; grammY's own may hold the token in a URL. */
async function call<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof GrammyError && error.error_code < 500 && error.error_code !== 429) {
      throw new ProviderRejected({ gateway: TELEGRAM_STARS, reason: error.description })
    }
    if (error instanceof GrammyError || error instanceof HttpError) {
      const reason = error instanceof GrammyError ? error.description : 'no answer'
      throw new ProviderUnavailable({ gateway: TELEGRAM_STARS, reason })
    }
    throw error
  }
}
