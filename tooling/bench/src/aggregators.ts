/**
 * P1: making an aggregator and touching two services, and forking it on a transaction, beside
 * containers and an eager class of the same members.
 *
 * @module
 */
import 'reflect-metadata'
import { type Context, CoreRepositories, CoreServices, type Database } from '@gramkit/core'
import { AuditService } from '@gramkit/core/audit'
import { BalanceService, createResourceCatalog } from '@gramkit/core/balance'
import { systemClock } from '@gramkit/core/kernel'
import { openPostgresLimiter } from '@gramkit/core/limits'
import { createTemplateCatalog } from '@gramkit/core/notifications'
import { PaymentsCheckService, PaymentsService, RefundsService } from '@gramkit/core/payments'
import { SubscriptionsService } from '@gramkit/core/subscriptions'
import { UsersService } from '@gramkit/core/users'
import { asFunction, asValue, createContainer } from 'awilix'
import { drizzle } from 'drizzle-orm/node-postgres'
import { container, instancePerContainerCachingFactory } from 'tsyringe'
import { alternate, medianOf, nanoseconds, type Report } from './measure.ts'

const CALLS = 20_000

const executor = drizzle.mock()
const database: Database = {
  executor,
  transaction: (work) => work(executor),
  listen: async () => async () => {},
  close: async () => {},
  async [Symbol.asyncDispose]() {},
}
const context: Context = {
  clock: systemClock,
  database,
  products: { find: () => undefined, list: () => [] },
  gateways: new Map(),
  fulfilments: {},
  identity: {},
  limiter: openPostgresLimiter(database),
  resources: createResourceCatalog([]),
  templates: createTemplateCatalog({}),
  returnUrls: [],
  waitlist: { pageUrl: 'https://example.org/join/', codePrefix: 'VOBEE' },
  rewardSettings: {},
  mailer: undefined,
  people: [],
  billing: {},
  passwordHasher: undefined,
}

/** The same members, all built at once. */
class EagerServices extends CoreServices {
  readonly all: readonly object[]
  constructor() {
    super(context, new EagerRepositories())
    this.all = [
      new AuditService(this),
      new BalanceService(this),
      new PaymentsService(this),
      new PaymentsCheckService(this),
      new RefundsService(this),
      new SubscriptionsService(this),
      new UsersService(this),
    ]
  }
}

class EagerRepositories extends CoreRepositories {
  readonly all: readonly object[]
  constructor() {
    super(executor)
    const { audit, balance, inbox, jobs, outbox, payments } = this
    const { refunds, sessions, subscriptions, users } = this
    this.all = [audit, balance, inbox, jobs, outbox, payments]
    this.all = [...this.all, refunds, sessions, subscriptions, users]
  }
}

const FACTORIES = {
  audit: AuditService,
  balance: BalanceService,
  payments: PaymentsService,
  paymentsCheck: PaymentsCheckService,
  refunds: RefundsService,
  subscriptions: SubscriptionsService,
  users: UsersService,
}

/** Awilix as its documentation has it: scoped classes that take the cradle. */
function makeAwilix() {
  const root = createContainer()
  for (const [name, Service] of Object.entries(FACTORIES)) {
    root.register(name, asFunction((cradle) => new Service(cradle)).scoped())
  }
  return root
}

function makeTsyringe() {
  for (const [name, Service] of Object.entries(FACTORIES)) {
    container.register(name, {
      useFactory: instancePerContainerCachingFactory(
        (from) => new Service(from.resolve<CoreServices>('scope')),
      ),
    })
  }
  return container
}

function makeLazy(): CoreServices {
  return new CoreServices(context, new CoreRepositories(executor))
}

class Forkable extends CoreServices {
  fork(): CoreServices {
    return this.bound(executor)
  }
}

/** Runs the comparison. */
export async function measureAggregators(): Promise<Report> {
  const awilixRoot = makeAwilix()
  const tsyringeRoot = makeTsyringe()
  const forkable = new Forkable(context, new CoreRepositories(executor))
  const check = [
    makeLazy().payments,
    makeLazy().balance,
    awilixRoot.createScope().resolve('payments'),
  ]
  if (!check.every((made) => typeof made === 'object')) throw new Error('Both sides make services')
  const figures = await alternate('ns', [
    {
      name: 'lazy aggregator, 2 services touched',
      measure: () =>
        nanoseconds(CALLS * 10, () => {
          const services = makeLazy()
          return services.payments && services.balance
        }),
    },
    {
      name: 'lazy aggregator forked on a transaction, 2 services touched',
      measure: () =>
        nanoseconds(CALLS * 10, () => {
          const services = forkable.fork()
          return services.payments && services.balance
        }),
    },
    {
      name: 'awilix scope, 2 services resolved',
      measure: () =>
        nanoseconds(CALLS, () => {
          // Each scope stands for one transaction, so it gets its own executor, as a fork does.
          const scope = awilixRoot.createScope()
          scope.register('db', asValue(executor))
          return scope.resolve('payments') && scope.resolve('balance')
        }),
    },
    {
      name: 'tsyringe child container, 2 services resolved',
      measure: () =>
        nanoseconds(CALLS, () => {
          const child = tsyringeRoot.createChildContainer()
          child.registerInstance('db', executor)
          child.registerInstance('scope', forkable)
          return child.resolve('payments') && child.resolve('balance')
        }),
    },
    {
      name: 'eager class, all members built',
      measure: () => nanoseconds(CALLS, () => new EagerServices().all),
    },
  ])
  const lazy = medianOf(figures, 'lazy aggregator, 2')
  const against = (what: string, name: string, goal: number) =>
    ({ what, value: medianOf(figures, name) / lazy, goal, direction: 'at least' }) as const
  return {
    figures,
    comparisons: [
      against('awilix scope / lazy aggregator', 'awilix', 100),
      against('tsyringe child / lazy aggregator', 'tsyringe', 10),
      against('eager class / lazy aggregator', 'eager', 1),
    ],
  }
}
