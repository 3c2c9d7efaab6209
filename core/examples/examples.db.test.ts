import { createPlatform } from '@gramkit/core'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, expect, test } from 'vitest'
import { registerUser } from './registration.ts'

const database = await testDatabase()
const { services, ...platform } = await createPlatform({ databaseUrl: database.appUrl })

afterAll(async () => {
  await platform.close()
  await database.drop()
})

const person = (id: bigint) => ({
  id,
  username: null,
  firstName: 'Ada',
  lastName: null,
  languageCode: 'en',
})

test('a sign-up by invitation makes the account and gives what the invitation promises', async () => {
  const { code } = await services.invites.create({
    createdBy: 'admin',
    usageLimit: 2,
    metadata: { premium: true },
  })
  const user = await registerUser(services, person(1n), code)
  expect(await services.balance.get(user.id, 'credits')).toBe(100n)
  expect(await services.invites.getByCode(code)).toMatchObject({ useCount: 1 })
})

test('a failed sign-up burns no use and leaves no account', async () => {
  const { code, id } = await services.invites.create({ createdBy: 'admin' })
  const failing = services.transaction(async (tx) => {
    await registerUser(tx, person(2n), code)
    throw new Error('the address is taken')
  })
  await expect(failing).rejects.toThrow('the address is taken')
  expect(await services.invites.getById(id)).toMatchObject({ status: 'active', useCount: 0 })
  expect(await services.repos.users.findByTelegramId(2n)).toBeUndefined()
  await registerUser(services, person(2n), code)
  await expect(registerUser(services, person(3n), code)).rejects.toMatchObject({
    code: 'invites.not_active',
  })
  expect(await services.repos.users.findByTelegramId(3n)).toBeUndefined()
})
