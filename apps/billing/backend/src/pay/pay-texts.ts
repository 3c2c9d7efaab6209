import type { Language } from '@gramkit/core/kernel'

const en = {
  toPay: (amount: string) => `To pay: ${amount}`,
  until: (day: string) => `Until ${day}.`,
  overdue: (day: string) => `It was due on ${day}.`,
  paid: 'Paid. Thank you.',
  void: 'This invoice is void. There is nothing to pay.',
  uncollectible:
    'This invoice was written off: nobody expects a payment. One that comes is counted.',
  confirming: 'Your payment is being confirmed. This page shows it by itself.',
  unconfirmed: 'No payment has been confirmed yet. If you have paid, look again in a few minutes.',
  received: 'Your payment has come. Thank you.',
  closed: 'The payment did not go through. Nothing was charged.',
  noGateway: (currency: string) =>
    `${currency} cannot be paid online here. Pay as the invoice says, or ask who sent it.`,
  ways: {
    yookassa: 'Pay by YooKassa',
    stripe: 'Pay by card with Stripe',
  },
  payBy: (gateway: string) => `Pay by ${gateway}`,
  part: 'Pay a part of it',
  amount: (currency: string) => `Amount in ${currency}`,
  amountNote: 'What is left is asked for as before.',
  contactNeeded: 'A receipt is sent for this payment. Give your e-mail, and pay again.',
  email: 'E-mail for the receipt',
  wrongAmount: 'Give an amount of the currency, above 0 and no more than what is left.',
  download: 'Download as PDF',
  leaving: 'On to the payment …',
  leave: 'Go on to the payment',
  back: 'Back to the invoice',
  unknown: 'There is no such page',
  unknownNote: 'Check the link: it has to be whole, to its last letter.',
  failed: 'The payment could not be started',
  again: 'Nothing was charged. Try again in a moment.',
}

/** What the page says on which an invoice is paid. */
export type PayTexts = typeof en

const ru: PayTexts = {
  toPay: (amount) => `К оплате: ${amount}`,
  until: (day) => `Срок: ${day}`,
  overdue: (day) => `Срок оплаты прошёл: ${day}`,
  paid: 'Оплачено. Спасибо!',
  void: 'Счёт аннулирован. Платить по нему не нужно.',
  uncollectible: 'Счёт списан: оплату никто не ждёт. Если она придёт, её зачтут.',
  confirming: 'Платёж подтверждается. Страница обновится сама.',
  unconfirmed:
    'Подтверждения платежа пока нет. Если вы заплатили, загляните через несколько минут.',
  received: 'Платёж получен. Спасибо!',
  closed: 'Платёж не прошёл. Деньги не списаны.',
  noGateway: (currency) =>
    `В ${currency} здесь онлайн не заплатить. Оплатите, как указано в счёте, или спросите того, кто его прислал.`,
  ways: {
    yookassa: 'Оплатить через ЮKassa',
    stripe: 'Оплатить картой через Stripe',
  },
  payBy: (gateway) => `Оплатить через ${gateway}`,
  part: 'Оплатить часть',
  amount: (currency) => `Сумма в ${currency}`,
  amountNote: 'Остаток можно оплатить потом.',
  contactNeeded: 'По этому платежу отправляется чек. Укажите почту и нажмите ещё раз.',
  email: 'Почта для чека',
  wrongAmount: 'Укажите сумму больше нуля и не больше того, что осталось.',
  download: 'Скачать PDF',
  leaving: 'Переходим к оплате…',
  leave: 'Перейти к оплате',
  back: 'Вернуться к счёту',
  unknown: 'Такой страницы нет',
  unknownNote: 'Проверьте ссылку: она нужна целиком, до последней буквы.',
  failed: 'Начать оплату не получилось',
  again: 'Деньги не списаны. Попробуйте ещё раз чуть позже.',
}

/** What the page says, by language. */
export const payTexts: Readonly<Record<Language, PayTexts>> = { en, ru }
