import type { Language } from '../../../kernel/index.ts'
import { dayText, moneyText } from '../documents/document-formats.ts'
import type { CustomerNotice, NoticeKind } from './notice.ts'

/** What a notice says. */
export interface NoticeText {
  readonly subject: string
  readonly text: string
}

interface Facts {
  readonly seller: string
  readonly number: string
  readonly total: string
  readonly remaining: string
  readonly amount: string
  readonly due: string
}

type Texts = Readonly<Record<NoticeKind, (facts: Facts) => readonly [string, ...string[]]>>

const TEXTS: Readonly<Record<Language, Texts & { readonly hello: string; readonly link: string }>> =
  {
    en: {
      hello: 'Hello',
      link: 'See and pay the invoice',
      invoice_issued: ({ seller, number, total, due }) => [
        `Invoice ${number} of ${seller}`,
        `here is invoice ${number} over ${total}. Please pay it by ${due}.`,
      ],
      payment_received: ({ seller, number, amount, remaining }) => [
        `Payment for invoice ${number} of ${seller}`,
        `thank you: ${amount} came for invoice ${number}. Left to pay: ${remaining}.`,
      ],
      credit_applied: ({ seller, number, amount, remaining }) => [
        `Credit for invoice ${number} of ${seller}`,
        `${amount} of your credit paid for invoice ${number}. Left to pay: ${remaining}.`,
      ],
      payment_failed: ({ seller, number, amount }) => [
        `Payment for invoice ${number} of ${seller} did not go through`,
        `${amount} could not be charged for invoice ${number}. Please pay it another way.`,
      ],
      invoice_overdue: ({ seller, number, remaining, due }) => [
        `Reminder: invoice ${number} of ${seller}`,
        `invoice ${number} was due on ${due}, and ${remaining} is left to pay. If you have paid it since, please do nothing.`,
      ],
    },
    ru: {
      hello: 'Здравствуйте',
      link: 'Посмотреть и оплатить счёт',
      invoice_issued: ({ seller, number, total, due }) => [
        `Счёт ${number} от ${seller}`,
        `вам выставлен счёт ${number} на ${total}. Оплатите его, пожалуйста, до ${due}`,
      ],
      payment_received: ({ seller, number, amount, remaining }) => [
        `Оплата счёта ${number} от ${seller}`,
        `спасибо: по счёту ${number} получено ${amount}. Осталось оплатить: ${remaining}.`,
      ],
      credit_applied: ({ seller, number, amount, remaining }) => [
        `Зачёт по счёту ${number} от ${seller}`,
        `в оплату счёта ${number} зачтено ${amount} с вашего баланса. Осталось оплатить: ${remaining}.`,
      ],
      payment_failed: ({ seller, number, amount }) => [
        `Не удалось оплатить счёт ${number} от ${seller}`,
        `списать ${amount} по счёту ${number} не удалось. Пожалуйста, оплатите его другим способом.`,
      ],
      invoice_overdue: ({ seller, number, remaining, due }) => [
        `Напоминание: счёт ${number} от ${seller}`,
        `срок оплаты счёта ${number} истёк ${due} Осталось оплатить: ${remaining}. Если вы уже заплатили, ничего делать не нужно.`,
      ],
    },
  }

/** Words a notice in the language of its tenant's documents. */
export function noticeText(notice: CustomerNotice): NoticeText {
  const { kind, language, seller, customer, invoice, remaining, amount, payUrl } = notice
  const { hello, link, [kind]: textOf } = TEXTS[language]
  const money = (minor: bigint): string => moneyText(minor, invoice.currency, language)
  const [subject, body] = textOf({
    ...{ seller, number: invoice.number ?? '', total: money(invoice.total) },
    ...{ remaining: money(remaining), amount: money(amount ?? remaining) },
    due: invoice.dueOn ? dayText(invoice.dueOn, language) : '',
  })
  const asks = remaining > 0n && payUrl !== null ? [`${link}: ${payUrl}`] : []
  return { subject, text: [`${hello}, ${customer.name},`, body, ...asks, seller].join('\n\n') }
}
