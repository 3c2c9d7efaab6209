import { NotFound, newId } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import {
  type BillingPaymentMethod,
  type PaymentMethodInput,
  paymentMethodFields,
} from './payment-method.ts'
import type { PaymentMethodsScope } from './payment-methods.scope.ts'

/** Ways to pay that gateways keep for customers; the audit names them by their labels at most. */
export class PaymentMethodsService {
  readonly #scope: PaymentMethodsScope

  constructor(scope: PaymentMethodsScope) {
    this.#scope = scope
  }

  /**
   * Keeps what a gateway has saved; the first of a customer is the one that is charged. What is there
   * already is given back.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   */
  async add(input: PaymentMethodInput): Promise<BillingPaymentMethod> {
    const fields = readFields(paymentMethodFields, input)
    return this.#scope.transaction(async (tx) => {
      const known = await lockOfCustomer(tx, fields.customerId)
      const same = known.find(
        ({ gateway, savedMethodId }) =>
          gateway === fields.gateway && savedMethodId === fields.savedMethodId,
      )
      if (same) return same
      const made = await tx.repos.paymentMethods.insert({
        ...{ ...fields, id: newId(), isDefault: known.length === 0 },
        ...{ removedAt: null, createdAt: tx.clock.now() },
      })
      await record(tx, 'payment_method.added', { after: made })
      return made
    })
  }

  /** What a customer can pay with, oldest first. */
  list(customerId: string): Promise<BillingPaymentMethod[]> {
    return this.#scope.transaction((tx) => tx.repos.paymentMethods.listOfCustomer(customerId))
  }

  /**
   * Makes a method the one that is charged when an invoice is due.
   *
   * @throws {@link NotFound} also when it was removed
   */
  setDefault(id: string): Promise<BillingPaymentMethod> {
    return this.#scope.transaction(async (tx) => {
      const before = await lockMethod(tx, id)
      if (before.isDefault) return before
      await tx.repos.paymentMethods.clearDefault(before.customerId)
      const after = await tx.repos.paymentMethods.update(id, { isDefault: true })
      await record(tx, 'payment_method.preferred', { before, after })
      return after
    })
  }

  /**
   * Charges a method no more. Tell its gateway as well, if the gateway shall forget it.
   *
   * @throws {@link NotFound} also when it was removed
   */
  remove(id: string): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      const before = await lockMethod(tx, id)
      const changes = { isDefault: false, removedAt: tx.clock.now() }
      const after = await tx.repos.paymentMethods.update(id, changes)
      await record(tx, 'payment_method.removed', { before, after })
    })
  }
}

/** What a customer can pay with; one call after the other, so that one of them is the default. */
async function lockOfCustomer(
  tx: PaymentMethodsScope,
  customerId: string,
): Promise<BillingPaymentMethod[]> {
  await tx.repos.customers.getByIdWithLock(customerId, { mode: 'no key update' })
  return tx.repos.paymentMethods.listOfCustomer(customerId)
}

async function lockMethod(tx: PaymentMethodsScope, id: string): Promise<BillingPaymentMethod> {
  const { customerId } = await tx.repos.paymentMethods.getById(id)
  const known = await lockOfCustomer(tx, customerId)
  const found = known.find((method) => method.id === id)
  if (!found) throw new NotFound({ what: 'payment method', id })
  return found
}

async function record(
  tx: PaymentMethodsScope,
  action: string,
  change: { readonly before?: BillingPaymentMethod; readonly after: BillingPaymentMethod },
): Promise<void> {
  const subject = `payment_method:${change.after.id}`
  await tx.record({ action, subject, ...change, personal: ['label', 'savedMethodId'] })
}
