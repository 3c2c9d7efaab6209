import type { Payment } from '@gramkit/core/payments'

let lastUpdate = 5_000

/** The update by which Telegram tells that a payment was paid in Stars. */
export function paidUpdate(payment: Pick<Payment, 'id' | 'amount'>, telegramId: number) {
  const updateId = ++lastUpdate
  const person = { id: telegramId, is_bot: false, first_name: 'Ada' }
  return {
    update_id: updateId,
    message: {
      message_id: updateId,
      date: 1_900_000_000,
      chat: { id: telegramId, type: 'private', first_name: 'Ada' },
      from: person,
      successful_payment: {
        currency: 'XTR',
        total_amount: Number(payment.amount),
        invoice_payload: payment.id,
        telegram_payment_charge_id: `charge-${updateId}`,
        provider_payment_charge_id: `provider-${updateId}`,
      },
    },
  }
}
