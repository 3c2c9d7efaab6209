import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { paymentConsent } from './consents/consent.table.ts'
import { paymentDispute } from './disputes/dispute.table.ts'
import { payment, paymentEvent } from './payment.table.ts'
import type { PaymentsRepository } from './payments.repository.ts'
import { paymentContact, paymentReceipt } from './receipts/receipt.table.ts'
import { paymentRefund } from './refunds/refund.table.ts'

/** What a buyer need not know to know what they bought, and nobody else may. */
const SECRET = ['savedMethodId', 'confirmationUrl', 'nextCheckAt', 'inBooks']

/**
 * Purchases. They move with their buyer, open ones too: a settlement that comes later reads whose
 * the payment is then. After an erasure the payments stay, without the contact and the addresses.
 */
export const paymentsPart: PersonPart<{
  readonly repos: {
    readonly payments: Pick<PaymentsRepository, 'listErasureObstacles'>
    readonly personRows: PersonRows
  }
}> = {
  name: 'payments',
  tables: [
    ...[payment, paymentConsent, paymentContact, paymentDispute, paymentEvent],
    ...[paymentReceipt, paymentRefund],
  ],
  async merge({ repos }, merge) {
    await repos.personRows.move(payment.userId, merge)
    await repos.personRows.move(paymentConsent.userId, merge)
    await repos.personRows.move(paymentContact.userId, merge)
  },
  async export({ repos: { personRows } }, userId) {
    const payments = await personRows.read(payment.userId, userId, { without: SECRET })
    const ids = payments.map(({ id }) => String(id))
    return {
      payments,
      refunds: await personRows.read(paymentRefund.paymentId, ids, { without: SECRET }),
      disputes: await personRows.read(paymentDispute.paymentId, ids),
      receipts: await personRows.read(paymentReceipt.paymentId, ids, { without: SECRET }),
      contacts: await personRows.read(paymentContact.userId, userId),
      consents: await personRows.read(paymentConsent.userId, userId),
    }
  },
  async erase({ repos: { personRows } }, userId) {
    await personRows.remove(paymentContact.userId, userId)
    await personRows.clear(payment.userId, userId, [
      ...[payment.confirmationUrl, payment.returnUrl, payment.savedMethodId],
    ])
  },
  erasureObstacles: ({ repos }, userId) => repos.payments.listErasureObstacles(userId),
}
