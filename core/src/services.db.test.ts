import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import type { TransferRequest } from './features/balance/index.ts'
import {
  type BalanceScope,
  BalanceService,
  createResourceCatalog,
  type Transfer,
} from './features/balance/index.ts'
import { createTemplateCatalog } from './features/notifications/index.ts'
import { newId, systemClock } from './kernel/index.ts'
import { type Executor, openNodePostgres } from './platform/database/index.ts'
import { openPostgresLimiter } from './platform/limits/index.ts'
import { createPlatform } from './platform.ts'
import { CoreRepositories } from './repositories.ts'
import { type Context, CoreServices } from './services.ts'
import { servicesContract } from './testing/contracts/services.contract.ts'
import { aPerson } from './testing/people.ts'

const template = await testDatabase()
const database = openNodePostgres({ url: template.appUrl })

afterAll(async () => {
  await database.close()
  await template.drop()
})

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
  billing: {},
  mailer: undefined,
  people: [],
  passwordHasher: undefined,
}

class NotesRepository {
  readonly db: Executor
  constructor(db: Executor) {
    this.db = db
  }
}

class AppRepositories extends CoreRepositories {
  #notes?: NotesRepository
  get notes(): NotesRepository {
    return (this.#notes ??= new NotesRepository(this.db))
  }
}

/** Adds a cent of tax to whatever moves, so that its hand is seen in the ledger. */
class TaxedBalance extends BalanceService {
  static built = 0
  constructor(scope: BalanceScope) {
    super(scope)
    TaxedBalance.built += 1
  }
  override transfer(request: TransferRequest): Promise<Transfer> {
    return super.transfer({ ...request, amount: request.amount + 1n })
  }
}

class AppServices extends CoreServices<AppRepositories> {
  #taxed?: TaxedBalance
  override get balance(): TaxedBalance {
    return (this.#taxed ??= new TaxedBalance(this))
  }
}

const makeCore = (): CoreServices =>
  new CoreServices(context, new CoreRepositories(database.executor))
const makeApp = (): AppServices => new AppServices(context, new AppRepositories(database.executor))

describe('CoreServices', () => servicesContract(makeCore))
describe('a subclass of CoreServices', () => servicesContract(makeApp))

describe('inheritance', () => {
  const movement = { unit: 'credits', reason: 'test', reference: 'test' }

  test('lets core’s own code use the override, also inside a transaction', async () => {
    const app = makeApp()
    const { id: userId } = await aPerson(app)
    // `credit` is core's; it moves through `transfer`, which the subclass replaces.
    await app.balance.credit({ ...movement, id: newId(), userId, amount: 10n })
    expect(await app.balance.get(userId, 'credits')).toBe(11n)
    await app.transaction(async (tx) => {
      expect(tx.balance).toBeInstanceOf(TaxedBalance)
      await tx.balance.credit({ ...movement, id: newId(), userId, amount: 10n })
    })
    expect(await app.balance.get(userId, 'credits')).toBe(22n)
  })

  test('builds nothing before it is touched, on a fork neither', async () => {
    const before = TaxedBalance.built
    const app = makeApp()
    await app.transaction(async (tx) => {
      expect(tx.repos.notes.db).toBe(tx.repos.db)
    })
    expect(TaxedBalance.built).toBe(before)
    app.balance.constructor
    expect(TaxedBalance.built).toBe(before + 1)
  })

  test('keeps exact types', () => {
    const app = makeApp()
    expectTypeOf(app.balance).toEqualTypeOf<TaxedBalance>()
    expectTypeOf(app.repos.notes).toEqualTypeOf<NotesRepository>()
    expectTypeOf(app.transaction<number>)
      .parameter(0)
      .parameter(0)
      .toEqualTypeOf<AppServices>()
    // @ts-expect-error core has no notes
    expect(makeCore().repos.notes).toBeUndefined()
  })
})

describe('createPlatform', () => {
  test('connects only when something is asked', async () => {
    await using platform = await createPlatform({ databaseUrl: 'postgres://nobody@127.0.0.1:1/x' })
    expect(platform.services.balance).toBeInstanceOf(BalanceService)
    await expect(platform.services.balance.get(newId(), 'credits')).rejects.toThrow()
  })

  test('gives the subclass, inside and outside a transaction', async () => {
    await using platform = await createPlatform({
      databaseUrl: template.appUrl,
      Services: AppServices,
      Repositories: AppRepositories,
    })
    expectTypeOf(platform.services).toEqualTypeOf<AppServices>()
    expect(platform.services.repos.notes).toBeInstanceOf(NotesRepository)
    await platform.transaction(async (tx) => {
      expect(tx).toBeInstanceOf(AppServices)
    })
  })

  test.each([
    [{ kind: 'credits' }, 'products.thing.credits'],
    [{ kind: 'rocket' }, 'products.thing.kind'],
    [{ kind: 'rocket', title: 'x'.repeat(33) }, 'products.thing.title'],
    [{ kind: 'rocket', prices: {} }, 'products.thing.prices'],
    [{ kind: 'rocket', prices: { XTR: 0n } }, 'products.thing.prices.XTR'],
  ])('names what is wrong with the product %o', async (wrong, field) => {
    const product = {
      id: 'thing',
      goods: 'digital' as const,
      title: 'Thing',
      description: 'A thing.',
      prices: { XTR: 1n },
      ...wrong,
    }
    await expect(
      createPlatform({ databaseUrl: template.appUrl, products: [product] }),
    ).rejects.toMatchObject({ code: 'kernel.invalid_value', details: { field } })
  })
})
