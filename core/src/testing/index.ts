/**
 * The test kit: suites that an app's own aggregators must pass, people to test with, and the state
 * that database tests start from. Needs vitest.
 *
 * @module
 */
export { VirtualClock } from '../kernel/index.ts'
export { aCustomer, aPlan, aTenant } from './billing.ts'
export { type ComposedApp, compositionContract } from './contracts/composition.contract.ts'
export {
  type DatabaseContract,
  type DatabaseContractOptions,
  databaseContract,
} from './contracts/database.contract.ts'
export { type EventBusContractOptions, eventBusContract } from './contracts/event-bus.contract.ts'
export {
  type InvitationStorageContractOptions,
  invitationStorageContract,
} from './contracts/invitation-storage.contract.ts'
export {
  type ChannelUnderTest,
  notificationChannelContract,
} from './contracts/notification-channel.contract.ts'
export {
  type GatewayUnderTest,
  type PaymentGatewayContractOptions,
  paymentGatewayContract,
} from './contracts/payment-gateway.contract.ts'
export { servicesContract } from './contracts/services.contract.ts'
export { aPerson, aPersonWithCredits } from './people.ts'
export { migrateTemplate } from './template.ts'
