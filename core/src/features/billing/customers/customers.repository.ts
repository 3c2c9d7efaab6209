import { eq, ilike, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingCustomer } from './customer.table.ts'
import type { Customer, CustomerFilter } from './customer.ts'

/** Customers of one tenant. */
export class CustomersRepository extends TenantRepository<typeof billingCustomer> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingCustomer)
  }

  /** Reads a customer by its code, or undefined. */
  async findByCode(code: string): Promise<Customer | undefined> {
    const [row] = await this.db
      .select()
      .from(billingCustomer)
      .where(this.own(eq(billingCustomer.code, code)))
    return row
  }

  /** One page of customers, oldest first. Looks through all of the tenant's to search. */
  listFiltered({ search, userId }: CustomerFilter, request: PageRequest): Promise<Page<Customer>> {
    const { code, name, company, email } = billingCustomer
    const part = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`
    const conditions = [
      part && or(...[code, name, company, email].map((column) => ilike(column, part))),
      userId && eq(billingCustomer.userId, userId),
    ].filter((condition) => typeof condition === 'object')
    return this.listWhere(
      conditions.length > 0 ? sql.join(conditions, sql` and `) : undefined,
      request,
    )
  }

  /** Tells whether there is an invoice or a subscription of a customer. */
  async isBilled(id: string): Promise<boolean> {
    const [row] = await rows(
      this.db,
      sql`select exists (select from gramkit.billing_subscription s
            where s.tenant_id = ${this.tenantId} and s.customer_id = ${id})
          or exists (select from gramkit.billing_invoice i
            where i.tenant_id = ${this.tenantId} and i.customer_id = ${id}) as "isBilled"`,
      z.object({ isBilled: z.boolean() }),
    )
    return row?.isBilled === true
  }

  /** All customers that are a user. */
  listOfUser(userId: string): Promise<Customer[]> {
    return this.db
      .select()
      .from(billingCustomer)
      .where(this.own(eq(billingCustomer.userId, userId)))
  }

  /** Makes the user's what is the guest's. */
  async moveUser(guestId: string, userId: string): Promise<void> {
    await this.db
      .update(billingCustomer)
      .set({ userId })
      .where(this.own(eq(billingCustomer.userId, guestId)))
  }
}
