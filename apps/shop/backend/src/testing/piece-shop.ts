import { type CoreServices, createPlatform, type Platform } from '@gramkit/core'
import { newId, type VirtualClock } from '@gramkit/core/kernel'
import type { Fulfilment, Payment, ProductInput } from '@gramkit/core/payments'
import { type Sandbox, startSandbox } from '@gramkit/sandbox'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'

const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-shop' }
const RETURN_URL = 'https://shop.example/'

/** A platform that sells pieces by YooKassa alone, beside its sandbox. */
export interface PieceShop {
  readonly database: TestDatabase
  readonly sandbox: Sandbox
  readonly platform: Platform<CoreServices>
  /** Opens another platform like it, with other products. */
  readonly open: (products: readonly ProductInput[]) => Promise<Platform<CoreServices>>
  /** Somebody new is about to pay for a piece. */
  readonly bought: (
    productId: string,
    more?: { readonly path?: string; readonly contact?: { readonly phone: string } },
  ) => Promise<Payment>
  readonly close: () => Promise<void>
}

/** Starts a shop of pieces for a test file. */
export async function startPieceShop({
  clock,
  products,
  fulfilment,
  hasRegister = false,
}: {
  readonly clock: VirtualClock
  readonly products: readonly ProductInput[]
  readonly fulfilment: Fulfilment<CoreServices>
  /** Whether a cash register of its own issues receipts. [false] */
  readonly hasRegister?: boolean
}): Promise<PieceShop> {
  const database = await testDatabase()
  const account = hasRegister ? { ...SHOP, receipts: 'email_or_phone' as const } : SHOP
  const sandbox = await startSandbox({ dataDir: ':memory:', shops: [account] })
  const receipts = hasRegister
    ? { contact: 'email_or_phone' as const, taxSystemCode: 2 }
    : undefined
  const open = (sold: readonly ProductInput[]): Promise<Platform<CoreServices>> =>
    createPlatform({
      databaseUrl: database.appUrl,
      clock,
      yookassa: { ...SHOP, apiRoot: `${sandbox.url}/sandbox/yookassa/v3`, receipts },
      returnUrls: [RETURN_URL],
      fulfilments: { piece: fulfilment },
      products: sold,
    })
  const platform = await open(products)
  return {
    database,
    sandbox,
    platform,
    open,
    async bought(productId, { path = '', contact } = {}) {
      const { user } = await platform.core.users.loginAsGuest(newId() + newId())
      return platform.core.payments.start({
        id: newId(),
        userId: user.id,
        productId,
        gateway: 'yookassa',
        currency: 'RUB',
        surface: 'web',
        returnUrl: `${RETURN_URL}${path}`,
        contact,
      })
    },
    async close() {
      await platform.close()
      await sandbox.close()
      await database.drop()
    },
  }
}
