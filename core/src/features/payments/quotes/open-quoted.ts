import { isDeepStrictEqual } from 'node:util'
import { addMs, assert } from '../../../kernel/index.ts'
import { FIRST_CHECK_MS } from '../apply-report.ts'
import { checkAccepted } from '../check-accepted.ts'
import { keepConsent } from '../consents/keep-consent.ts'
import { OPEN_MAX } from '../open-max.ts'
import type { Payment } from '../payment.ts'
import type { PaymentGateway } from '../payment-gateway.ts'
import { PaymentConflict, TooManyOpen } from '../payments.errors.ts'
import type { PaymentsScope } from '../payments.scope.ts'
import { TaxProfileMissing } from '../receipts/receipts.errors.ts'
import { readQuote, type StartQuoted } from './quote.ts'

/** A payment that was quoted, and whether this call has written it. */
export interface Opened {
  readonly payment: Payment
  readonly isNew: boolean
}

/** Writes the payment of what was quoted, or gives the one that has its id already. */
export async function openQuoted(
  tx: PaymentsScope,
  request: StartQuoted,
  { gateway, returnUrl }: { readonly gateway: PaymentGateway; readonly returnUrl: string | null },
): Promise<Opened> {
  const { id, kind, facts, surface } = request
  const first = await tx.repos.payments.findById(id)
  if (first) return { payment: sameAs(first, request), isNew: false }
  const fulfilment = tx.fulfilment(kind)
  const quote = await fulfilment.quote({ paymentId: id, gateway: gateway.name, facts })
  const product = readQuote(quote, request)
  const { userId, savedMethodId, money } = quote
  checkAccepted(gateway, { goods: product.goods, surface, currency: money.currency })
  if (gateway.capabilities.receipts && !product.tax) {
    throw new TaxProfileMissing({ gateway: gateway.name, productId: product.id })
  }
  const now = tx.clock.now()
  const created = await tx.repos.payments.insert({
    ...{ id, userId, gateway: gateway.name, surface, productId: product.id, product, returnUrl },
    ...{ amount: money.amount, currency: money.currency, savedMethodId: savedMethodId ?? null },
    ...{ createdAt: now, nextCheckAt: addMs(now, FIRST_CHECK_MS) },
  })
  if (!created) {
    const parallel = await tx.repos.payments.findById(id)
    assert(parallel, 'A payment whose id is taken is there')
    return { payment: sameAs(parallel, request), isNew: false }
  }
  await keepConsent(tx, created, request.consent)
  // Nobody's patience is used up by a charge that the app makes by itself.
  const open = savedMethodId ? 0 : await tx.repos.payments.countOpenOf(userId)
  if (open > OPEN_MAX) throw new TooManyOpen({ limit: OPEN_MAX })
  await tx.receipts.keepContact(created, request.contact ?? quote.contact)
  await fulfilment.opened(created)
  return { payment: created, isNew: true }
}

function sameAs(first: Payment, { kind, facts, gateway }: StartQuoted): Payment {
  const { product } = first
  const isSame =
    product.kind === kind && first.gateway === gateway && isDeepStrictEqual(product.facts, facts)
  if (!isSame) throw new PaymentConflict({ paymentId: first.id })
  return first
}
