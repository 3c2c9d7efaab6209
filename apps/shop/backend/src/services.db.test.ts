import { createPlatform, type Platform } from '@gramkit/core'
import { newId } from '@gramkit/core/kernel'
import { compositionContract, servicesContract } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { migrateShop } from './migrations.ts'
import { type OrdersService, orderFulfilment } from './orders/orders.service.ts'
import { SHOP_PRODUCTS } from './products.ts'
import { ShopServices } from './services.ts'

const database = await testDatabase()
let platform: Platform<ShopServices>

beforeAll(async () => {
  await migrateShop(database.ownerUrl)
  platform = await createPlatform({
    databaseUrl: database.appUrl,
    products: SHOP_PRODUCTS,
    fulfilments: { order: orderFulfilment },
    compose: (core) => new ShopServices(core),
  })
})

afterAll(async () => {
  await platform.close()
  await database.drop()
})

/** Writes a guest (core) and, without a payment, an order (the shop's) in one transaction. */
async function write(services: ShopServices): Promise<{ coreId: string; appId: string }> {
  const { user } = await services.users.loginAsGuest(`device-${newId()}`)
  const now = services.clock.now()
  const payment = await platformPayment(services, user.id, now)
  const order = await services.repos.orders.insert({
    id: newId(),
    userId: user.id,
    paymentId: payment,
    productId: 'mug',
    title: 'A mug',
    status: 'paid',
    createdAt: now,
    updatedAt: now,
  })
  return { coreId: user.id, appId: order.id }
}

async function platformPayment(
  services: ShopServices,
  userId: string,
  createdAt: Date,
): Promise<string> {
  const inserted = await services.repos.payments.insert({
    id: newId(),
    userId,
    gateway: 'yookassa',
    surface: 'web',
    productId: 'mug',
    product: {
      id: 'mug',
      kind: 'order',
      goods: 'physical',
      title: 'A mug',
      description: 'A mug.',
      capture: 'automatic',
    },
    amount: 99_000n,
    currency: 'RUB',
    createdAt,
  })
  return inserted?.id ?? ''
}

describe('the aggregator of core inside the shop', () => servicesContract(() => platform.core))

describe('ShopServices', () => {
  compositionContract<ShopServices>(async () => ({
    services: platform.services,
    write,
    hasCore: (services, id) =>
      services.users.getById(id).then(
        () => true,
        () => false,
      ),
    hasApp: async (services, id) => (await services.repos.orders.findById(id)) !== undefined,
  }))

  test('builds its own services once, when they are touched', () => {
    const { services } = platform
    expect(services.orders).toBe(services.orders)
    expect(services.balance).toBe(platform.core.balance)
  })

  test('keeps exact types', () => {
    expectTypeOf(platform.services).toEqualTypeOf<ShopServices>()
    expectTypeOf(platform.services.orders).toEqualTypeOf<OrdersService>()
    expectTypeOf(platform.transaction<number>)
      .parameter(0)
      .parameter(0)
      .toEqualTypeOf<ShopServices>()
  })
})
