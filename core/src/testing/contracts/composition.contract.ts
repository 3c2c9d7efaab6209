import { expect, test } from 'vitest'
import type { Transactional } from '../../platform/database/index.ts'

/** What the suite needs to know of an app's aggregator. */
export interface ComposedApp<Services> {
  /** The app's services over a platform on a migrated database. */
  readonly services: Services & Transactional<Services>
  /** Writes one row of core's and one of the app's through the given services. */
  write(services: Services): Promise<{ readonly coreId: string; readonly appId: string }>
  hasCore(services: Services, coreId: string): Promise<boolean>
  hasApp(services: Services, appId: string): Promise<boolean>
}

/**
 * What every app that wraps core keeps to: one transaction covers core's tables and its own.
 *
 * @example
 * describe('ShopServices', () => compositionContract(async () => ({ services, write, … })))
 */
export function compositionContract<Services>(make: () => Promise<ComposedApp<Services>>): void {
  test('commits rows of core and of the app together', async () => {
    const app = await make()
    const { coreId, appId } = await app.services.transaction((tx) => app.write(tx))
    expect(await app.hasCore(app.services, coreId)).toBe(true)
    expect(await app.hasApp(app.services, appId)).toBe(true)
  })

  test('rolls both back together', async () => {
    const app = await make()
    let written = { coreId: '', appId: '' }
    const work = app.services.transaction(async (tx) => {
      written = await app.write(tx)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await app.hasCore(app.services, written.coreId)).toBe(false)
    expect(await app.hasApp(app.services, written.appId)).toBe(false)
  })

  test('shows nobody else what a transaction has not committed', async () => {
    const app = await make()
    await app.services.transaction(async (tx) => {
      const { coreId, appId } = await app.write(tx)
      expect(await app.hasCore(tx, coreId)).toBe(true)
      expect(await app.hasCore(app.services, coreId)).toBe(false)
      expect(await app.hasApp(app.services, appId)).toBe(false)
    })
  })
}
