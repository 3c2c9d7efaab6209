import { AuditRepository } from '../features/audit/index.ts'
import {
  type AccountsScope,
  AccountsService,
  ActiveDaysRepository,
  AttributionsRepository,
  DeparturesRepository,
  ExportsRepository,
  type IdentitySettings,
  LoginLinksRepository,
  type LoginLinksScope,
  LoginLinksService,
  OpenedInitDataRepository,
  type RolesScope,
  RolesService,
  SessionsRepository,
  type SessionsScope,
  SessionsService,
  StreaksRepository,
  UsersRepository,
  type UsersScope,
  UsersService,
  type VisitsScope,
  VisitsService,
} from '../features/users/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Database, Executor } from '../platform/database/index.ts'
import { openPostgresLimiter } from '../platform/limits/index.ts'
import { OutboxRepository } from '../platform/outbox/index.ts'

/** A scope of the services of users alone, for tests of users without the other features. */
export type UsersTestScope = UsersScope &
  VisitsScope &
  RolesScope &
  LoginLinksScope &
  AccountsScope & {
    readonly accounts: AccountsService
    readonly users: UsersService
    readonly visits: VisitsService
    readonly sessions: SessionsService
    readonly roles: RolesService
    readonly loginLinks: LoginLinksService
    readonly repos: SessionsScope['repos']
  }

/** Makes a scope of the services of users alone over a database. */
export function usersScope(
  database: Database,
  context: { readonly clock: Clock; readonly identity: IdentitySettings },
  executor: Executor = database.executor,
): UsersTestScope {
  const scope: UsersTestScope = {
    ...context,
    limiter: openPostgresLimiter(database, context),
    repos: {
      users: new UsersRepository(executor),
      departures: new DeparturesRepository(executor),
      exports: new ExportsRepository(executor),
      attributions: new AttributionsRepository(executor),
      sessions: new SessionsRepository(executor),
      activeDays: new ActiveDaysRepository(executor),
      streaks: new StreaksRepository(executor),
      loginLinks: new LoginLinksRepository(executor),
      openedInitData: new OpenedInitDataRepository(executor),
      outbox: new OutboxRepository(executor),
      audit: new AuditRepository(executor),
    },
    people: [],
    get accounts() {
      return new AccountsService(scope)
    },
    get users() {
      return new UsersService(scope)
    },
    get visits() {
      return new VisitsService(scope)
    },
    get sessions() {
      return new SessionsService(scope)
    },
    get loginLinks() {
      return new LoginLinksService(scope)
    },
    get roles() {
      return new RolesService(scope)
    },
    transaction: <T>(work: (tx: UsersTestScope) => Promise<T>) =>
      executor === database.executor
        ? database.transaction((db) => work(usersScope(database, context, db)))
        : work(scope),
  }
  return scope
}
