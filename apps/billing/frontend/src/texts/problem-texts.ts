import { knownProblems, type ProblemTexts } from '@gramkit/mini-app/texts'

/** What people read for each failure the server or the network can name. */
export const problemTexts: ProblemTexts = {
  ...knownProblems,
  'client.unreachable': {
    en: 'Billing cannot be reached. Check your connection.',
    ru: 'Нет связи со счетами. Проверьте подключение.',
  },
  'client.unreadable': {
    en: 'The answer makes no sense. Try again later.',
    ru: 'Ответ непонятен. Попробуйте позже.',
  },
  'http.credentials_missing': {
    en: 'Sign in with an API key first.',
    ru: 'Сначала войдите по ключу API.',
  },
  'http.overloaded': {
    en: 'Billing is very busy. Try again in a minute.',
    ru: 'Слишком много запросов. Повторите через минуту.',
  },
  'billing.api_key_invalid': {
    en: 'This key is not known, or it was revoked. Make another one.',
    ru: 'Такого ключа нет, или он отозван. Создайте другой.',
  },
  'billing.scope_missing': {
    en: 'This key may not do that. Sign in with one that may.',
    ru: 'Этому ключу это запрещено. Войдите по другому.',
  },
  'billing.invoice_refuses': {
    en: 'The state of the invoice does not allow this. A paid one is corrected by a credit note.',
    ru: 'Состояние счёта этого не допускает. Оплаченный исправляют корректировкой.',
  },
  'billing.run_refuses': {
    en: 'The run does not wait any more: somebody has decided already.',
    ru: 'Выставление больше не ждёт: кто-то уже решил.',
  },
  'billing.subscription_refuses': {
    en: 'The status of the subscription does not allow this.',
    ru: 'Состояние подписки этого не допускает.',
  },
  'billing.printer_busy': {
    en: 'Too many documents are being drawn. Try again in a moment.',
    ru: 'Сейчас рисуется слишком много документов. Повторите чуть позже.',
  },
  'kernel.not_found': {
    en: 'There is no such thing here, or it belongs to somebody else.',
    ru: 'Здесь такого нет, или это чужое.',
  },
}
