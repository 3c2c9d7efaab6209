import type { Executor } from '../../platform/database/index.ts'
import { CustomersRepository } from './customers/customers.repository.ts'
import { TenantRowRepository } from './tenants/tenants.repository.ts'

/** All repositories of one tenant on one transaction. Each is built when it is first touched. */
export class TenantRepositories {
  #customers?: CustomersRepository
  #tenant?: TenantRowRepository
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  get customers(): CustomersRepository {
    return (this.#customers ??= new CustomersRepository(this.#db, this.#tenantId))
  }

  get tenant(): TenantRowRepository {
    return (this.#tenant ??= new TenantRowRepository(this.#db, this.#tenantId))
  }
}
