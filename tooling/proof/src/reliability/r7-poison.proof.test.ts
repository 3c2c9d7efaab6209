import { aCustomer } from '@gramkit/shop/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { findDifferences } from '../harness/books.ts'
import { pay, startPurchase } from '../harness/buyers.ts'
import { startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { together, until } from '../harness/together.ts'

const TRIES = 40
const deliveryShape = z.object({ id: z.string(), status: z.string(), attempts: z.number() })
/** Updates that bring the command which nobody can answer. */
const POISON = `select id::text, status, attempts from gramkit.inbox_delivery
                where body like '%"/start"%' order by id`

proof('R7 a poison update is parked, and the payments behind it are applied', async (proof) => {
  const chats = proof.isFull ? 50 : 5
  await using kit = await startKit(proof)
  await kit.run('shop', 'api,bot,worker,relay')
  const customers = await together(Array(chats).fill('Ada'), 4, (name) => aCustomer(kit, name))
  const poison = () => kit.rows(deliveryShape, POISON)
  const buyAll = () =>
    together(customers, 4, async (customer) => pay(kit, await startPurchase({ customer })))
  const untilGiven = (credits: string) =>
    until('everybody has the credits', 30_000, async () => {
      const answers = await together(customers, 4, ({ get }) => get('/api/v1/balance'))
      const amounts = answers.map(({ body }) => body.items[0]?.amount)
      return amounts.every((amount) => amount === credits) || amounts.join()
    })

  // Every answer to the command is refused: the update fails however often it is tried.
  await together(customers, 4, async (customer) => {
    const { faults } = kit.sandbox.control
    const user_id = customer.telegramId
    await faults.add({ target: 'telegram', kind: 'blocked', user_id, times: null })
    await customer.person.say('/start')
  })
  await buyAll()
  await untilGiven('100')
  expect((await poison()).map(({ status }) => status)).toEqual(Array(chats).fill('pending'))

  await kit.advance(3 * 24 * 60)
  const parked = await poison()
  expect(parked.map(({ status, attempts }) => ({ status, attempts }))).toEqual(
    Array(chats).fill({ status: 'parked', attempts: TRIES }),
  )
  await buyAll()
  await untilGiven('200')
  const ids = new Set(parked.map(({ id }) => id))
  expect(await findDifferences(kit, { isParked: (id) => ids.has(id) })).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(2 * chats)
  proof.report({ chats, tries: chats * TRIES, payments: 2 * chats })
})
