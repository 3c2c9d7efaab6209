import { expect } from 'vitest'
import { apiClient, type RunningShop } from './running-shop.ts'

/** Fails unless every balance of the shop equals its transfers, as the administrator is told. */
export async function expectLedgerToAddUp(
  shop: Pick<RunningShop, 'url' | 'adminToken'>,
): Promise<void> {
  const report = await apiClient(shop, shop.adminToken).get('/api/v1/admin/ledger/verify')
  expect(report.body).toMatchObject({ ok: true, differences: [] })
}
