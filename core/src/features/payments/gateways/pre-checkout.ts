import { type Api, GrammyError } from 'grammy'
import { isAppError } from '../../../kernel/index.ts'
import type { PaymentsService } from '../payments.service.ts'
import type { PreCheckout } from './telegram-updates.ts'

/** Telegram waits 10 s for the answer (Bot API, answerPreCheckoutQuery); ours leaves some of it. */
const DECISION_TIMEOUT_MS = 7_000

/** What the buyer reads when a payment may not go ahead, by error code. */
const TEXTS: Record<string, { en: string; ru: string }> = {
  'payments.closed': {
    en: 'This invoice is closed. Please open the shop and buy again.',
    ru: 'Этот счёт закрыт. Откройте магазин и оформите покупку заново.',
  },
  'payments.foreign_payer': {
    en: 'This invoice was made for another person.',
    ru: 'Этот счёт выставлен другому человеку.',
  },
  'payments.product_retired': {
    en: 'This is no longer sold.',
    ru: 'Этот товар больше не продаётся.',
  },
  'subscriptions.already_subscribed': {
    en: 'You have this subscription already.',
    ru: 'Эта подписка у вас уже есть.',
  },
}

const FALLBACK = {
  en: 'The payment cannot be taken right now. You were not charged; please try again later.',
  ru: 'Сейчас принять оплату не получается. Деньги не списаны, попробуйте позже.',
}

/**
 * Answers Telegram's question whether a payment may go ahead, in time and whatever happens: a
 * refusal costs a sale, silence or a careless yes costs money.
 */
export async function answerPreCheckout(
  api: Pick<Api, 'answerPreCheckoutQuery'>,
  payments: Pick<PaymentsService, 'checkPayable'>,
  query: PreCheckout,
): Promise<{ readonly isOk: boolean; readonly code: string | null }> {
  const code = await decide(payments, query)
  const text = TEXTS[code ?? ''] ?? FALLBACK
  const isRussian = query.from.language_code?.startsWith('ru') ?? false
  const refusal = { error_message: isRussian ? text.ru : text.en }
  try {
    if (code === null) await api.answerPreCheckoutQuery(query.id, true)
    else await api.answerPreCheckoutQuery(query.id, false, refusal)
  } catch (error) {
    // Too late, or answered by an earlier delivery: asking for another delivery would not help.
    if (!(error instanceof GrammyError && error.error_code === 400)) throw error
  }
  return { isOk: code === null, code }
}

/** Gives null for yes, and the code of what stands against it otherwise. */
async function decide(
  payments: Pick<PaymentsService, 'checkPayable'>,
  query: PreCheckout,
): Promise<string | null> {
  if (query.currency !== 'XTR') return 'payments.amount_mismatch'
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('payments.decision_timeout'), DECISION_TIMEOUT_MS)
  })
  const decision = payments
    .checkPayable({
      paymentId: query.invoice_payload,
      money: { amount: query.total_amount, currency: 'XTR' },
      payerTelegramId: query.from.id,
    })
    .then(
      () => null,
      (error: unknown) => (isAppError(error) ? error.code : 'payments.decision_failed'),
    )
  try {
    return await Promise.race([decision, late])
  } finally {
    clearTimeout(timer)
  }
}
