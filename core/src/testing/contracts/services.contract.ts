import { expect, test } from 'vitest'
import { newId } from '../../kernel/index.ts'
import type { CoreServices } from '../../services.ts'
import { aPerson } from '../people.ts'

/** Names of the members that an aggregator builds lazily. */
const LAZY = [
  'audit',
  'balance',
  'billing',
  'holds',
  'invites',
  'notificationSettings',
  'notificationSlots',
  'notifications',
  'payments',
  'reconciliation',
  'disputes',
  'reach',
  'refunds',
  'renewals',
  'loginLinks',
  'roles',
  'sessions',
  'subscriptions',
  'users',
] as const

/**
 * What every aggregator of services keeps to, core's own and any subclass of it. Give a factory
 * that makes a fresh aggregator on a migrated database each time.
 *
 * @example
 * describe('LaunchpadServices', () => servicesContract(() => makeServices()))
 */
export function servicesContract(make: () => CoreServices): void {
  test('builds a service once and only when it is touched', () => {
    const services = make()
    for (const name of LAZY) expect(services[name]).toBe(services[name])
  })

  test('forks into the same class, bound to the transaction', async () => {
    const services = make()
    await services.transaction(async (tx) => {
      expect(tx).not.toBe(services)
      expect(tx.constructor).toBe(services.constructor)
      expect(tx.repos.constructor).toBe(services.repos.constructor)
      expect(tx.repos.db).not.toBe(services.repos.db)
      for (const name of LAZY) expect(tx[name].constructor).toBe(services[name].constructor)
    })
  })

  test('commits all that was done on the fork', async () => {
    const services = make()
    const { id } = await services.transaction((tx) => aPerson(tx as CoreServices))
    expect(await services.users.getById(id)).toMatchObject({ id })
  })

  test('rolls all of it back when the work throws', async () => {
    const services = make()
    let id = ''
    const work = services.transaction(async (tx) => {
      id = (await aPerson(tx as CoreServices)).id
      await tx.balance.credit({
        id: newId(),
        userId: id,
        unit: 'credits',
        amount: 1n,
        reason: 'test',
        reference: 'test',
      })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    await expect(services.users.getById(id)).rejects.toMatchObject({ kind: 'not_found' })
    expect(await services.balance.get(id, 'credits')).toBe(0n)
  })

  test('joins the open transaction when it is asked for another', async () => {
    const services = make()
    await services.transaction(async (tx) => {
      await tx.transaction(async (inner) => expect(inner).toBe(tx))
    })
  })
}
