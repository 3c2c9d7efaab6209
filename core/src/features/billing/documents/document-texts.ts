import type { Language } from '../../../kernel/index.ts'
import type { InvoiceDocument } from './invoice-document.ts'

type Mark = InvoiceDocument['status']

/** The words of a document. */
export interface DocumentTexts {
  readonly invoice: string
  readonly creditNote: string
  readonly seller: string
  readonly buyer: string
  readonly taxId: string
  readonly issuedOn: string
  readonly dueOn: string
  readonly period: string
  readonly purchaseOrder: string
  readonly invoiceNumber: string
  readonly reason: string
  readonly currency: string
  readonly line: string
  readonly quantity: string
  readonly unitPrice: string
  readonly unitPriceWithTax: string
  readonly net: string
  readonly taxRate: string
  readonly tax: string
  readonly gross: string
  readonly discount: string
  readonly subtotal: string
  readonly total: string
  readonly totalCredited: string
  readonly credited: string
  readonly paid: string
  readonly due: string
  readonly taxes: string
  readonly taxable: string
  readonly reverseCharge: string
  readonly pay: string
  /** What is said across the top; null says nothing. */
  readonly marks: Readonly<Record<Mark, string | null>>
  /** Has `{page}` and `{pages}` in it. */
  readonly page: string
}

/** The words of documents in each language of the kit. */
export const DOCUMENT_TEXTS: Readonly<Record<Language, DocumentTexts>> = {
  en: {
    invoice: 'Invoice',
    creditNote: 'Credit note',
    seller: 'From',
    buyer: 'Bill to',
    taxId: 'Tax ID',
    issuedOn: 'Date',
    dueOn: 'Due',
    period: 'Period',
    purchaseOrder: 'Purchase order',
    invoiceNumber: 'For invoice',
    reason: 'Reason',
    currency: 'Currency',
    line: 'Description',
    quantity: 'Quantity',
    unitPrice: 'Unit price',
    unitPriceWithTax: 'Unit price incl. tax',
    net: 'Net',
    taxRate: 'Tax %',
    tax: 'Tax',
    gross: 'Gross',
    discount: 'Discount',
    subtotal: 'Subtotal',
    total: 'Total',
    totalCredited: 'Total credited',
    credited: 'Credited',
    paid: 'Paid',
    due: 'Amount due',
    taxes: 'Tax summary',
    taxable: 'Taxable',
    reverseCharge: 'Reverse charge: the recipient of the supply owes the tax.',
    pay: 'Pay online',
    marks: {
      draft: 'Draft',
      finalized: null,
      partially_paid: 'Partially paid',
      paid: 'Paid',
      overdue: 'Overdue',
      void: 'Void',
      uncollectible: null,
    },
    page: 'Page {page} of {pages}',
  },
  ru: {
    invoice: 'Счёт',
    creditNote: 'Кредит-нота',
    seller: 'Продавец',
    buyer: 'Покупатель',
    taxId: 'ИНН / налоговый номер',
    issuedOn: 'Дата',
    dueOn: 'Оплатить до',
    period: 'Период',
    purchaseOrder: 'Заказ покупателя',
    invoiceNumber: 'К счёту',
    reason: 'Причина',
    currency: 'Валюта',
    line: 'Наименование',
    quantity: 'Количество',
    unitPrice: 'Цена',
    unitPriceWithTax: 'Цена с налогом',
    net: 'Без налога',
    taxRate: 'Ставка',
    tax: 'Налог',
    gross: 'Всего',
    discount: 'Скидка',
    subtotal: 'Сумма без налога',
    total: 'Итого',
    totalCredited: 'Итого по кредит-ноте',
    credited: 'По кредит-нотам',
    paid: 'Оплачено',
    due: 'К оплате',
    taxes: 'Налоги по ставкам',
    taxable: 'База',
    reverseCharge: 'Обратное начисление: налог уплачивает покупатель.',
    pay: 'Оплатить онлайн',
    marks: {
      draft: 'Черновик',
      finalized: null,
      partially_paid: 'Оплачен частично',
      paid: 'Оплачен',
      overdue: 'Просрочен',
      void: 'Аннулирован',
      uncollectible: null,
    },
    page: 'Страница {page} из {pages}',
  },
}
