import type { CoreRepositories, CoreServices } from '@gramkit/core'
import type { BalanceService } from '@gramkit/core/balance'
import type { JobsRepository } from '@gramkit/core/jobs'
import type { Clock } from '@gramkit/core/kernel'
import type { NotificationsService } from '@gramkit/core/notifications'
import type { PaymentsRepository, PaymentsService, ProductCatalog } from '@gramkit/core/payments'
import type { PersonRows } from '@gramkit/core/people'
import type { SubscriptionsService } from '@gramkit/core/subscriptions'
import type { UsersService } from '@gramkit/core/users'
import { OrdersRepository } from './orders/orders.repository.ts'
import { OrdersService } from './orders/orders.service.ts'

/** The shop's repositories: core's that it uses, and its own, on one executor. */
export class ShopRepositories {
  readonly #core: CoreRepositories
  #orders?: OrdersRepository

  constructor(core: CoreRepositories) {
    this.#core = core
  }

  get jobs(): JobsRepository {
    return this.#core.jobs
  }
  get payments(): PaymentsRepository {
    return this.#core.payments
  }

  get personRows(): PersonRows {
    return this.#core.personRows
  }

  get orders(): OrdersRepository {
    return (this.#orders ??= new OrdersRepository(this.#core.db))
  }
}

/** The shop's services, by composition: a line for each core service it uses, and its own. */
export class ShopServices {
  readonly #core: CoreServices
  #repos?: ShopRepositories
  #orders?: OrdersService

  constructor(core: CoreServices) {
    this.#core = core
  }

  get clock(): Clock {
    return this.#core.clock
  }
  get users(): UsersService {
    return this.#core.users
  }
  get balance(): BalanceService {
    return this.#core.balance
  }
  get payments(): PaymentsService {
    return this.#core.payments
  }
  get products(): ProductCatalog {
    return this.#core.products
  }
  get notifications(): NotificationsService {
    return this.#core.notifications
  }
  get subscriptions(): SubscriptionsService {
    return this.#core.subscriptions
  }

  get repos(): ShopRepositories {
    return (this.#repos ??= new ShopRepositories(this.#core.repos))
  }

  get orders(): OrdersService {
    return (this.#orders ??= new OrdersService(this))
  }

  /** One transaction over core's tables and the shop's. */
  transaction<T>(work: (tx: ShopServices) => Promise<T>): Promise<T> {
    return this.#core.transaction((core) => work(new ShopServices(core)))
  }
}
