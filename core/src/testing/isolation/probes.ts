import type { TenantBilling, TenantRepositories } from '../../features/billing/index.ts'
import type { PageRequest } from '../../kernel/index.ts'
import type { Contents } from './contents.ts'

type MethodName<Of> = {
  [Name in keyof Of]: Of[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Of] &
  string

/** Makes the arguments of a call that names another tenant's things as often as it can. */
export type Probe<Method> = Method extends (...args: infer Args) => unknown
  ? (theirs: Contents) => Readonly<Args> | Args
  : never

type ProbesOf<Aggregator, Name extends keyof Aggregator> = {
  readonly [Member in Name]: {
    readonly [Method in MethodName<Aggregator[Member]>]: Probe<Aggregator[Member][Method]>
  }
}

/** Names of what is no service of a tenant. */
type NoService =
  | 'tenantId'
  | 'caller'
  | 'clock'
  | 'taxCalculation'
  | 'core'
  | 'pricingPlugIns'
  | 'record'
  | 'tell'
  | 'debug'
  | 'webhookReach'
  | 'repos'
  | 'transaction'

/** One probe for each method of each service of a tenant; the compiler misses one that is missing. */
export type ServiceProbes = ProbesOf<TenantBilling, Exclude<keyof TenantBilling, NoService>>

/** One probe for each method of each repository of a tenant. */
export type RepositoryProbes = ProbesOf<TenantRepositories, keyof TenantRepositories>

/** Probes for what every repository does with the rows of its table, except inserting. */
export function probeRows<Row extends { readonly id: string }>(rowOf: (theirs: Contents) => Row) {
  const byId = (theirs: Contents): [string] => [rowOf(theirs).id]
  const byIds = (theirs: Contents): [string[]] => [[rowOf(theirs).id]]
  return {
    findById: byId,
    getById: byId,
    getByIds: byIds,
    getByIdWithLock: byId,
    getByIdsWithLock: byIds,
    remove: byId,
    list: (): [PageRequest] => [{ limit: 100 }],
    listWhere: (): [undefined, PageRequest] => [undefined, { limit: 100 }],
    update: (theirs: Contents): [string, Row] => [rowOf(theirs).id, rowOf(theirs)],
    insert: (theirs: Contents): [Row] => [rowOf(theirs)],
    upsert: (theirs: Contents): [Row] => [rowOf(theirs)],
  }
}
