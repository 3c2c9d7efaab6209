import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { JobsRepository } from '../../platform/jobs/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import type {
  ConsentsRepository,
  GatewayRegistry,
  PaymentsRepository,
  PaymentsService,
  ProductCatalog,
  RefundsRepository,
  RefundsService,
} from '../payments/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { GrantsRepository } from './grants/grants.repository.ts'
import type { SubscriptionsRepository } from './subscriptions.repository.ts'

/** All that the services of subscriptions may touch. */
export interface SubscriptionsScope extends Transactional<SubscriptionsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly subscriptions: SubscriptionsRepository
    readonly grants: GrantsRepository
    readonly payments: PaymentsRepository
    readonly consents: ConsentsRepository
    readonly refunds: Pick<RefundsRepository, 'listByPayment'>
    readonly users: Pick<UsersRepository, 'findById' | 'getPresent'>
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: OutboxRepository
    readonly jobs: JobsRepository
  }
  readonly payments: PaymentsService
  readonly refunds: Pick<RefundsService, 'request'>
  readonly gateways: GatewayRegistry
  readonly products: ProductCatalog
}
