import { CoreRepositories, createPlatform } from '@gramkit/core'
import { newId } from '@gramkit/core/kernel'
import { servicesContract } from '@gramkit/core/testing'
import { startSandbox } from '@gramkit/sandbox'
import { digitsIn, newestMail } from '@gramkit/sandbox/testing'
import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { LaunchpadServices } from './services.ts'
import { InviteOnlyUsersService } from './users/invite-only-users.service.ts'

const sandbox = await startSandbox()
const database = await testDatabase()
const platform = await createPlatform({
  databaseUrl: database.appUrl,
  mail: { smtpUrl: sandbox.smtpUrl, from: 'join@example.org' },
  codeSecret: 'secret-of-the-codes-in-this-test',
  Services: LaunchpadServices,
  Repositories: CoreRepositories,
})
const { services } = platform
const pool = new pg.Pool({ connectionString: database.adminUrl, max: 1 })

afterAll(async () => {
  await pool.end()
  await platform.close()
  await database.drop()
  await sandbox.close()
})

/** Asks for a code by mail, as a stranger does, and types it. */
async function logInBy(email: string) {
  const { id } = await services.emailLogins.start(email, { network: '10.0.0.0/24' })
  await services.emailLogins.sendCode(id)
  const code = digitsIn(await newestMail(sandbox, email))
  return services.emailLogins.complete({ id, code })
}

async function countPeople(): Promise<unknown> {
  const { rows } = await pool.query('select count(*)::int as people from gramkit.user_account')
  return rows[0]
}

describe('the aggregator of core inside the launchpad', () => servicesContract(() => services))

describe('LaunchpadServices', () => {
  test('core’s own login by mail makes no account for who was not let in', async () => {
    const before = await countPeople()
    await expect(logInBy('stranger@example.org')).rejects.toMatchObject({
      code: 'launchpad.invitation_required',
    })
    expect(await countPeople()).toEqual(before)
  })

  test('an invitation that was used in the same transaction lets somebody in', async () => {
    const { id, code } = await services.invites.create({ createdBy: 'admin' })
    const entry = newId()
    const ada = { email: 'ada@example.org', languageCode: 'en' }
    const user = await platform.transaction(async (tx) => {
      expect(tx.users).toBeInstanceOf(InviteOnlyUsersService)
      await expect(tx.users.createWithEmail({ ...ada, admittedBy: id })).rejects.toMatchObject({
        code: 'launchpad.invitation_required',
      })
      await tx.invites.use({ code, usedBy: entry })
      return tx.users.createWithEmail({ ...ada, admittedBy: id })
    })
    expect(await services.users.getById(user.id)).toMatchObject({ kind: 'registered' })
  })

  test('who redeemed an earned code by an address proves it by the first login', async () => {
    const { id: userId } = await platform.services.repos.users.insert({
      ...{ id: newId(), kind: 'registered', telegramId: 7n },
      ...{ createdAt: platform.clock.now(), updatedAt: platform.clock.now() },
    })
    const { entry } = await services.waitlist.join({ userId, useCase: 'Test', persona: 'other' })
    const expiresAt = new Date(platform.clock.now().getTime() + 60_000)
    const earned = { inviterEntryId: entry.id, count: 1, expiresAt }
    const [code = ''] = (await services.admissions.mint(earned)).codes
    const email = 'friend@example.org'
    const admission = await services.admissions.redeem({ code, email })
    expect(await logInBy(email)).toMatchObject({ user: { id: admission.userId } })
    expect(await logInBy(email)).toMatchObject({ user: { id: admission.userId } })
  })

  test('nobody is a guest', async () => {
    await expect(services.users.loginAsGuest()).rejects.toMatchObject({
      code: 'launchpad.invitation_required',
    })
  })

  test('keeps exact types', () => {
    expectTypeOf(platform.services).toEqualTypeOf<LaunchpadServices>()
    expectTypeOf(services.users).toEqualTypeOf<InviteOnlyUsersService>()
    expectTypeOf(platform.transaction<number>)
      .parameter(0)
      .parameter(0)
      .toEqualTypeOf<LaunchpadServices>()
  })
})
