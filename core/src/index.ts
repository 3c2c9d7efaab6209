/**
 * gramkit's core: lazy aggregators of repositories and services that an app extends.
 *
 * @module
 */
export type { App, OpenApp } from './app.ts'
export {
  type BillingConfiguration,
  type BillingPlugIns,
  billingPlugIns,
  configureBilling,
} from './billing-factory.ts'
export { CORE_EVENTS } from './events.ts'
export {
  FUNNEL_STEPS,
  type FunnelStep,
  type GrowthCohort,
  type GrowthDay,
  type GrowthGauges,
} from './growth.repository.ts'
export type { FunnelRow, GrowthAnalytics } from './growth.service.ts'
export { replayDelivery, retryJob } from './operations.ts'
export {
  CORE_MIGRATIONS,
  type Database,
  type Executor,
  type MigrationSet,
  migrate,
  type ServicesHost,
  type Transactional,
} from './platform/database/index.ts'
export {
  type CompositionOptions,
  createPlatform,
  type InheritanceOptions,
  type Platform,
} from './platform.ts'
export { CoreRepositories } from './repositories.ts'
export { type Context, CoreServices } from './services.ts'
