import {
  AttributionsRepository,
  type IdentitySettings,
  SessionsRepository,
  StreaksRepository,
  UsersRepository,
  type UsersScope,
  UsersService,
  type VisitsScope,
  VisitsService,
} from '../features/users/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Database, Executor } from '../platform/database/index.ts'
import { OutboxRepository } from '../platform/outbox/index.ts'

/** A scope of users and their visits alone, for tests of them without the other features. */
export type UsersTestScope = UsersScope &
  VisitsScope & { readonly users: UsersService; readonly visits: VisitsService }

/** Makes a scope of users and their visits alone over a database. */
export function usersScope(
  database: Database,
  context: { readonly clock: Clock; readonly identity: IdentitySettings },
  executor: Executor = database.executor,
): UsersTestScope {
  const scope: UsersTestScope = {
    ...context,
    repos: {
      users: new UsersRepository(executor),
      attributions: new AttributionsRepository(executor),
      sessions: new SessionsRepository(executor),
      streaks: new StreaksRepository(executor),
      outbox: new OutboxRepository(executor),
    },
    get users() {
      return new UsersService(scope)
    },
    get visits() {
      return new VisitsService(scope)
    },
    transaction: <T>(work: (tx: UsersTestScope) => Promise<T>) =>
      executor === database.executor
        ? database.transaction((db) => work(usersScope(database, context, db)))
        : work(scope),
  }
  return scope
}
