import {
  InvalidValue,
  NotFound,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { databaseError, isUniqueViolation } from '../../../platform/database/index.ts'
import { CodeTaken } from '../billing.errors.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import {
  CUSTOMER_PERSONAL,
  type Customer,
  type CustomerFilter,
  type CustomerInput,
  customerFields,
  customerFilter,
} from './customer.ts'
import type { CustomersScope } from './customers.scope.ts'

/** Who buys from a tenant. */
export class CustomersService {
  readonly #scope: CustomersScope

  constructor(scope: CustomersScope) {
    this.#scope = scope
  }

  /**
   * Makes a customer; currency and time zone are the tenant's where none is given. Asked again with an
   * id, it gives the one that it made.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @example
   * const customer = await billing.customers.create({ code: 'CUST001', name: 'John Doe', email })
   */
  create(input: CustomerInput, id: string = newId()): Promise<Customer> {
    return this.#scope.transaction(async (tx) => {
      const known = await tx.repos.customers.findById(id)
      if (known) return known
      const { currency, timeZone } = await tx.repos.tenant.get()
      const fields = readFields(customerFields, laidOver({ currency, timeZone }, input))
      const now = tx.clock.now()
      const made = { ...fields, id, createdAt: now, updatedAt: now }
      const after = await store(fields, () => tx.repos.customers.insert(made))
      await record(tx, 'customer.created', { after })
      return after
    })
  }

  /**
   * Changes a customer; invoices that are made out already keep what they say. With its first invoice
   * or subscription it keeps its currency.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   */
  update(id: string, changes: Changes<CustomerInput>): Promise<Customer> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.customers.getByIdWithLock(id)
      const { tenantId, id: _, createdAt, updatedAt, ...stored } = before
      const fields = readFields(customerFields, laidOver(stored, changes))
      if (fields.currency !== before.currency && (await tx.repos.customers.isBilled(id))) {
        throw new InvalidValue({
          ...{ field: 'currency', problem: `is ${before.currency} for as long as it is billed` },
          remedy: 'make another customer',
        })
      }
      const after = await store(fields, () =>
        tx.repos.customers.update(id, { ...fields, updatedAt: tx.clock.now() }),
      )
      await record(tx, 'customer.changed', { before, after })
      return after
    })
  }

  /**
   * Reads a customer.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<Customer> {
    return this.#scope.transaction((tx) => tx.repos.customers.getById(id))
  }

  /**
   * Reads a customer by its code.
   *
   * @throws {@link NotFound}
   */
  getByCode(code: string): Promise<Customer> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.customers.findByCode(code)
      if (!found) throw new NotFound({ what: 'customer', id: code })
      return found
    })
  }

  /**
   * One page of customers, oldest first.
   *
   * @throws {@link InvalidValue} when the search has more than 100 characters
   */
  async list(filter: CustomerFilter = {}, request: PageRequest = {}): Promise<Page<Customer>> {
    const read = readFields(customerFilter, filter)
    return this.#scope.transaction((tx) => tx.repos.customers.listFiltered(read, request))
  }
}

async function record(
  tx: CustomersScope,
  action: string,
  change: { readonly before?: Customer; readonly after: Customer },
): Promise<void> {
  const subject = `customer:${change.after.id}`
  await tx.record({ action, subject, ...change, personal: CUSTOMER_PERSONAL })
}

/** Stores a customer under its code, for a user who is there. */
async function store(
  { code, userId }: Pick<Customer, 'code' | 'userId'>,
  write: () => Promise<Customer>,
): Promise<Customer> {
  try {
    return await write()
  } catch (error) {
    if (isUniqueViolation(error, 'billing_customer_code_key')) {
      throw new CodeTaken({ what: 'customer', taken: code }, { cause: error })
    }
    if (userId !== null && databaseError(error)?.code === '23503') {
      throw new NotFound({ what: 'user', id: userId })
    }
    throw error
  }
}
