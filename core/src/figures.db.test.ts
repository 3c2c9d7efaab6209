import { afterAll, expect, test } from 'vitest'
import { newId } from './kernel/index.ts'
import { aPerson } from './testing/people.ts'
import { testPlatform } from './testing/platform.ts'

const { services, close } = await testPlatform()

afterAll(close)

test('somebody who was erased, and a guest who was merged, are no people any more', async () => {
  await aPerson(services)
  const erased = await aPerson(services)
  await services.users.loginAsGuest(newId())
  const { user: merged } = await services.users.loginAsGuest(newId())
  const past = new Date(0)
  const counted = { registered: 2, guests: 2, newPeople: 4 }
  expect(await services.repos.figures.read(past)).toMatchObject(counted)
  for (const { id } of [erased, merged]) {
    await services.repos.users.depart(id, services.clock.now())
  }
  expect(await services.repos.figures.read(past)).toMatchObject({
    ...{ registered: 1, guests: 1, newPeople: 2 },
  })
})
