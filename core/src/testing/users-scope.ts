import {
  type IdentitySettings,
  SessionsRepository,
  UsersRepository,
  type UsersScope,
  UsersService,
} from '../features/users/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Database, Executor } from '../platform/database/index.ts'
import { OutboxRepository } from '../platform/outbox/index.ts'

/** A scope of the users service alone, for tests of users without the other features. */
export interface UsersTestScope extends UsersScope {
  readonly users: UsersService
}

/** Makes a scope of the users service alone over a database. */
export function usersScope(
  database: Database,
  context: { readonly clock: Clock; readonly identity: IdentitySettings },
  executor: Executor = database.executor,
): UsersTestScope {
  const scope: UsersTestScope = {
    ...context,
    repos: {
      users: new UsersRepository(executor),
      sessions: new SessionsRepository(executor),
      outbox: new OutboxRepository(executor),
    },
    get users() {
      return new UsersService(scope)
    },
    transaction: (work) =>
      executor === database.executor
        ? database.transaction((db) => work(usersScope(database, context, db)))
        : work(scope),
  }
  return scope
}
