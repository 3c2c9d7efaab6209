import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import type { BalanceService } from '../balance/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { ConsentsRepository } from './consents/consents.repository.ts'
import type { BoundFulfilment } from './fulfilment.ts'
import type { GatewayRegistry } from './payment-gateway.ts'
import type { PaymentsRepository } from './payments.repository.ts'
import type { ProductCatalog } from './product.ts'
import type { ReceiptsService } from './receipts/receipts.service.ts'

/** All that the payments service may touch. */
export interface PaymentsScope extends Transactional<PaymentsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly payments: PaymentsRepository
    readonly consents: ConsentsRepository
    readonly users: Pick<UsersRepository, 'findById'>
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: OutboxRepository
  }
  readonly balance: BalanceService
  readonly products: ProductCatalog
  readonly gateways: GatewayRegistry
  readonly receipts: Pick<ReceiptsService, 'draft' | 'draftRefund' | 'keepContact' | 'open'>
  /** Prefixes of addresses that a buyer may be sent back to. */
  readonly returnUrls: readonly string[]
  /** Who gives what was sold, bound to this scope's transaction. */
  fulfilment(kind: string): BoundFulfilment
}
