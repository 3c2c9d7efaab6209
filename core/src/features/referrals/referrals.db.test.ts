import { and, eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { auditEntry, outboxEvent } from '../../schema.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { type Entry, waitlistAdmitted } from '../waitlist/index.ts'
import { referralsPart } from './person-part.ts'
import { referral } from './referral.table.ts'
import { INVITE_CODES } from './rewards.service.ts'

const clock = new VirtualClock(new Date('2030-01-01T12:00:00.000Z'))
const premium = {
  ...{ id: 'premium', kind: 'subscription', title: 'Premium', description: 'A month of it' },
  ...{ goods: 'digital' as const, prices: { XTR: 100n } },
  plan: { group: 'premium', period: { days: 30 }, features: ['premium'] },
}
const { platform, services, close } = await testPlatform({
  clock,
  codeSecret: 'a secret of at least thirty-two characters',
  poolSize: 16,
  products: [premium],
  mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'join@example.org' },
  rewards: { premiumProductId: 'premium' },
})
const { waitlist, referrals, rewards, balance } = services
const db = platform.database.executor
const by = { actor: 'admin', reason: 'looked at it' }

afterAll(close)

const rejoin = { useCase: 'Test', persona: 'other' as const }

/** Somebody of Telegram who waits. */
async function aWaiter(referralCode?: string): Promise<Entry> {
  const { id: userId } = await aPerson(services)
  return (await waitlist.join({ ...rejoin, userId, referralCode })).entry
}

/** Somebody who waits and is known by an address. */
async function aWaiterBy(email: string, referralCode?: string): Promise<Entry> {
  const { entry } = await waitlist.join({ ...rejoin, email, referralCode })
  return services.repos.waitlistEntries.update(entry.id, {
    ...{ status: 'waiting', confirmedAt: clock.now() },
  })
}

/** Lets somebody in. */
async function admit(entry: Entry): Promise<Entry & { userId: string }> {
  const { id: userId } = entry.userId === null ? await aPerson(services) : { id: entry.userId }
  await services.repos.waitlistEntries.update(entry.id, { status: 'admitted', userId })
  await referrals.signUp({ entryId: entry.id, inviterEntryId: null, invitationId: newId() })
  return { ...entry, userId }
}

const anInviter = async () => admit(await aWaiter())

/** Somebody who came by a link and was let in. */
async function aSignUp(inviter: Entry): Promise<Entry & { userId: string }> {
  const entry = await aWaiter(inviter.referralCode)
  await referrals.join(entry.id)
  return admit(entry)
}

/** Has somebody been active on so many of the next days. */
async function beActive({ userId }: { readonly userId: string }, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const at = addMs(clock.now(), day * DAY_MS)
    await services.repos.activeDays.insert(userId, at.toISOString().slice(0, 10))
  }
}

/** Somebody who came by a link and was active on so many days. */
async function anActive(inviter: Entry, days = 3): Promise<Entry & { userId: string }> {
  const entry = await aSignUp(inviter)
  await beActive(entry, days)
  return entry
}

/** An inviter of so many who have all qualified. */
async function anInviterOf(count: number): Promise<Entry & { userId: string }> {
  const inviter = await anInviter()
  for (let made = 0; made < count; made += 1) await anActive(inviter)
  await checkAll(2)
  return inviter
}

async function checkAll(days = 0): Promise<void> {
  clock.advance(days * DAY_MS)
  while ((await referrals.checkDue()) > 0);
}

const broughtBy = async (invitee: Pick<Entry, 'id'>) =>
  (await db.select().from(referral).where(eq(referral.inviteeEntryId, invitee.id)))[0]
const statusesOf = async (inviter: Entry) =>
  (await referrals.list(inviter.id, { limit: 100 })).items.map(({ status }) => status)
const tiersOf = async (inviter: Entry) =>
  (await rewards.earnings(inviter.id)).rewards.map(({ tier }) => tier)
const codesLeft = (inviter: { readonly userId: string }) =>
  balance.get(inviter.userId, INVITE_CODES)
const told = async (name: string, subjectId: string) =>
  (
    await db
      .select()
      .from(outboxEvent)
      .where(and(eq(outboxEvent.name, name), eq(outboxEvent.subjectId, subjectId)))
  ).map(({ payload }) => payload)

async function aPayment(userId: string): Promise<string> {
  const id = newId()
  await services.repos.payments.insert({
    ...{ id, userId, gateway: 'test', surface: 'web', productId: 'premium' },
    ...{ product: services.payments.sellable('premium'), amount: 100n, currency: 'XTR' },
    createdAt: clock.now(),
  })
  await services.repos.payments.update(id, { status: 'succeeded', updatedAt: clock.now() })
  return id
}

/** What is told of somebody who was let in, as it is handed on. */
async function admissionOf(entryId: string) {
  const [payload] = await told('waitlist.admitted', entryId)
  return waitlistAdmitted.schema.parse(payload)
}

describe('who brought whom', () => {
  test('is whose link they joined by, for ever: the first touch wins', async () => {
    const [first, second] = [await aWaiter(), await aWaiter()]
    const invitee = await aWaiter(first.referralCode)
    await Promise.all([1, 2, 3].map(() => referrals.join(invitee.id)))
    const code = { entryId: invitee.id, inviterEntryId: second.id, invitationId: newId() }
    await referrals.signUp(code)
    expect(await broughtBy(invitee)).toMatchObject({
      ...{ inviterEntryId: first.id, status: 'signed_up', flags: [] },
    })
    expect(await statusesOf(second)).toEqual([])
    const found = await broughtBy(invitee)
    expect(await told('referral.joined', found?.id ?? '')).toHaveLength(1)
    expect(await told('referral.signed_up', found?.id ?? '')).toHaveLength(1)
  })

  test('is whose earned code they came with when they had not joined before', async () => {
    const inviter = await anInviter()
    const invitee = await aWaiter()
    const invitationId = newId()
    await referrals.signUp({ entryId: invitee.id, inviterEntryId: inviter.id, invitationId })
    expect(await broughtBy(invitee)).toMatchObject({ status: 'signed_up', invitationId })
  })

  test('is known of who redeems an earned code without having waited', async () => {
    const inviter = await anInviterOf(3)
    const [earned] = (await rewards.earn(inviter.id)).codes
    const { entryId } = await services.admissions.redeem({
      ...{ code: earned?.code ?? '', email: 'newcomer@example.org' },
    })
    const admission = await admissionOf(entryId)
    await referrals.signUp(admission)
    expect(await broughtBy({ id: entryId })).toMatchObject({
      ...{ inviterEntryId: inviter.id, invitationId: earned?.invitationId, status: 'signed_up' },
    })
  })

  test('is nobody until the address is proved', async () => {
    const inviter = await aWaiter()
    const { referralCode } = inviter
    const email = 'unproved@example.org'
    const { entry } = await waitlist.join({ ...rejoin, email, referralCode })
    await referrals.join(entry.id)
    expect(await broughtBy(entry)).toBeUndefined()
  })

  test('is never the same person under another spelling of their address', async () => {
    const ada = await aWaiterBy('a.da@gmail.com')
    const again = await aWaiterBy('ada+2@googlemail.com', ada.referralCode)
    await referrals.join(again.id)
    expect(await broughtBy(again)).toBeUndefined()
    await expect(referrals.share(ada.id, 'ADA+3@gmail.com')).rejects.toMatchObject({
      code: 'referrals.with_self',
    })
  })

  test('has no cycles, however long', async () => {
    const root = await anInviter()
    const child = await aSignUp(root)
    const grandchild = await aSignUp(child)
    const code = { entryId: root.id, inviterEntryId: grandchild.id, invitationId: newId() }
    await referrals.signUp(code)
    expect(await broughtBy(root)).toBeUndefined()
    expect(await broughtBy(grandchild)).toMatchObject({ inviterEntryId: child.id })
  })

  test('has no cycles either when two bring each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await aWaiter(), await aWaiter()]
      const come = (entry: Entry, inviter: Entry) =>
        referrals.signUp({ entryId: entry.id, inviterEntryId: inviter.id, invitationId: newId() })
      await Promise.all([come(one, other), come(other, one)])
      const found = [await broughtBy(one), await broughtBy(other)]
      expect(found.filter((row) => row !== undefined)).toHaveLength(1)
    }
  })

  test('ends with who leaves before they are let in', async () => {
    const inviter = await aWaiter()
    const invitee = await aWaiter(inviter.referralCode)
    await referrals.join(invitee.id)
    await referrals.leave(invitee.id)
    expect(await statusesOf(inviter)).toEqual(['lapsed'])
  })
})

describe('an address that somebody named', () => {
  test('makes who joins by it theirs, unless they come by a link of somebody else', async () => {
    const [sharer, other] = [await aWaiter(), await aWaiter()]
    await referrals.share(sharer.id, 'Grace@example.org')
    await referrals.share(other.id, 'grace@example.org')
    await referrals.share(sharer.id, 'linked@example.org')
    const grace = await aWaiterBy('grace@example.org')
    const linked = await aWaiterBy('linked@example.org', other.referralCode)
    for (const { id } of [grace, linked]) await referrals.join(id)
    expect(await broughtBy(grace)).toMatchObject({ inviterEntryId: sharer.id })
    expect(await broughtBy(linked)).toMatchObject({ inviterEntryId: other.id })
    // What the addresses were named for is over, and they are kept no longer.
    expect(await statusesOf(sharer)).toEqual(['joined'])
    expect(await statusesOf(other)).toEqual(['joined'])
  })

  test('is answered in one way, known or not, and named again it is the same', async () => {
    const sharer = await aWaiter()
    const known = await aWaiterBy('known@example.org')
    const shared = [
      await referrals.share(sharer.id, 'known@example.org'),
      await referrals.share(sharer.id, 'unknown@example.org'),
    ]
    expect(shared.map(({ status, inviteeEntryId }) => [status, inviteeEntryId])).toEqual([
      ['shared', null],
      ['shared', null],
    ])
    expect(await referrals.share(sharer.id, 'unknown@example.org')).toEqual(shared[1])
    expect(await broughtBy(known)).toBeUndefined()
  })

  test('is forgotten after 30 days when nobody comes of it', async () => {
    const sharer = await aWaiter()
    await referrals.share(sharer.id, 'nobody@example.org')
    await checkAll(29)
    expect(await statusesOf(sharer)).toEqual(['shared'])
    await checkAll(1)
    expect(await statusesOf(sharer)).toEqual([])
  })

  test('is one of at most 20 a day', async () => {
    const sharer = await aWaiter()
    const share = (index: number) => referrals.share(sharer.id, `friend-${index}@example.org`)
    for (let index = 0; index < 20; index += 1) await share(index)
    await expect(share(20)).rejects.toMatchObject({ code: 'limits.too_many_tries' })
    await expect(referrals.share(sharer.id, 'no address')).rejects.toMatchObject({
      code: 'kernel.invalid_value',
    })
  })
})

test('odd invitees are flagged and told of, and go on', async () => {
  const inviter = await aWaiter()
  const odd = await aWaiterBy('odd+1@mailinator.com', inviter.referralCode)
  await referrals.join(odd.id)
  const flags = ['disposable_mail', 'plus_address']
  const found = await broughtBy(odd)
  expect(found).toMatchObject({ status: 'joined', flags })
  expect(await told('referral.flagged', found?.id ?? '')).toMatchObject([{ flags }])
  for (let came = 0; came < 9; came += 1) {
    const { id } = await aWaiter(inviter.referralCode)
    await referrals.join(id)
  }
  const { items } = await referrals.list(inviter.id, { limit: 1 })
  expect(items).toMatchObject([{ flags: ['burst'] }])
})

describe('a referral', () => {
  test('qualifies by three active days in fourteen, and brings who waits nearer', async () => {
    const inviter = await aWaiter()
    const [active, idle] = [await anActive(inviter), await anActive(inviter, 2)]
    await checkAll(2)
    expect(await broughtBy(active)).toMatchObject({ status: 'qualified', qualifiedBy: 'activity' })
    expect(await broughtBy(idle)).toMatchObject({ status: 'signed_up' })
    expect((await waitlist.position(inviter.id)).components.referrals).toBe(2)
    const late = addMs(clock.now(), 12 * DAY_MS)
      .toISOString()
      .slice(0, 10)
    await services.repos.activeDays.insert(idle.userId, late)
    await checkAll(13)
    expect(await broughtBy(idle)).toMatchObject({ status: 'lapsed', nextCheckAt: null })
  })

  test('qualifies by a payment, also when the days are over, and once', async () => {
    const inviter = await anInviter()
    const invitee = await aSignUp(inviter)
    await checkAll(15)
    expect(await statusesOf(inviter)).toEqual(['lapsed'])
    const paymentId = await aPayment(invitee.userId)
    await Promise.all([referrals.pay(paymentId), referrals.pay(paymentId)])
    const found = await broughtBy(invitee)
    expect(found).toMatchObject({ status: 'qualified', qualifiedBy: 'payment', paymentId })
    expect(await told('referral.qualified', found?.id ?? '')).toHaveLength(1)
  })

  test('that a payment qualified is clawed back with a refund of all of it', async () => {
    const inviter = await anInviter()
    const [invitee, active] = [await aSignUp(inviter), await aSignUp(inviter)]
    for (const { userId } of [invitee, active]) {
      const paymentId = await aPayment(userId)
      await referrals.pay(paymentId)
      await services.repos.payments.update(paymentId, {
        status: 'partially_refunded',
        updatedAt: clock.now(),
      })
      await referrals.refund(paymentId)
    }
    expect(await statusesOf(inviter)).toEqual(['qualified', 'qualified'])
    await beActive(active, 3)
    for (const entry of [invitee, active]) {
      const paymentId = (await broughtBy(entry))?.paymentId ?? ''
      await services.repos.payments.update(paymentId, {
        status: 'refunded',
        updatedAt: clock.now(),
      })
      await referrals.refund(paymentId)
    }
    expect(await broughtBy(invitee)).toMatchObject({ status: 'clawed_back' })
    // Who was active enough as well had not to pay for it.
    expect(await broughtBy(active)).toMatchObject({ status: 'qualified', qualifiedBy: 'activity' })
  })

  test('that is frozen counts for nothing until it is unfrozen, audited', async () => {
    const inviter = await anInviterOf(2)
    const third = await anActive(inviter)
    const id = (await broughtBy(third))?.id ?? ''
    await referrals.freeze(id, by)
    await referrals.freeze(id, by)
    await checkAll(2)
    expect(await broughtBy(third)).toMatchObject({ status: 'qualified' })
    expect(await tiersOf(inviter)).toEqual([])
    await referrals.unfreeze(id, by)
    expect(await tiersOf(inviter)).toEqual(['three'])
    const entries = await db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.subject, `referral:${id}`))
      .orderBy(auditEntry.id)
    expect(entries.map(({ action }) => action)).toEqual(['referral.frozen', 'referral.unfrozen'])
  })

  test('that nobody has come of cannot be clawed back, and one that is none cannot be found', async () => {
    const sharer = await aWaiter()
    const { id } = await referrals.share(sharer.id, 'somebody@example.org')
    await expect(referrals.clawBack(id, by)).rejects.toMatchObject({
      code: 'referrals.state_conflict',
    })
    await expect(referrals.clawBack(newId(), by)).rejects.toMatchObject({
      code: 'referrals.not_found',
    })
  })
})

describe('rewards', () => {
  test('are given once, however many referrals qualify and ask at once', async () => {
    const inviter = await anInviter()
    const invitees = [await aSignUp(inviter), await aSignUp(inviter), await aSignUp(inviter)]
    const paid = await Promise.all(invitees.map(({ userId }) => aPayment(userId)))
    await Promise.all([
      ...paid.map((paymentId) => referrals.pay(paymentId)),
      ...paid.map((paymentId) => referrals.pay(paymentId)),
    ])
    await Promise.all([1, 2, 3, 4].map(() => rewards.grantDue(inviter.id)))
    expect(await tiersOf(inviter)).toEqual(['three'])
    expect(await codesLeft(inviter)).toBe(3n)
    expect(await told('reward.granted', inviter.id)).toHaveLength(1)
  })

  test('are minted into codes once by any number of calls at once, the same for all', async () => {
    const inviter = await anInviterOf(3)
    const earned = await Promise.all([1, 2, 3, 4].map(() => rewards.earn(inviter.id)))
    const codes = earned.map((one) => one.codes.map(({ code }) => code).toSorted())
    expect(codes[0]).toHaveLength(3)
    expect(new Set(codes.map((one) => one.join())).size).toBe(1)
    expect(await codesLeft(inviter)).toBe(0n)
    const { items } = await services.invites.list({ status: 'active' }, { limit: 100 })
    expect(items.filter(({ code }) => codes[0]?.includes(code))).toHaveLength(3)
  })

  test('that were earned while waiting are given once somebody is let in', async () => {
    const inviter = await aWaiter()
    for (let made = 0; made < 3; made += 1) await anActive(inviter)
    await checkAll(2)
    expect(await tiersOf(inviter)).toEqual([])
    const admitted = await admit(inviter)
    expect(await tiersOf(inviter)).toEqual(['three'])
    expect(await codesLeft(admitted)).toBe(3n)
  })

  test('for five good ones come with a bonus', async () => {
    expect(await tiersOf(await anInviterOf(5))).toEqual(['three', 'quality_bonus'])
  })

  test('are paused while the referrals of somebody are of no quality', async () => {
    const inviter = await anInviter()
    const bad = await Promise.all(Array.from({ length: 3 }, () => aSignUp(inviter)))
    clock.advance(30 * DAY_MS)
    for (const { userId } of bad) await referrals.pay(await aPayment(userId))
    expect(await rewards.standing(inviter.id)).toMatchObject({ qualified: 3, floor: 'review' })
    expect(await tiersOf(inviter)).toEqual([])
    for (const invitee of bad) await beActive(invitee, 1)
    await rewards.earn(inviter.id)
    expect(await tiersOf(inviter)).toEqual(['three'])
  })

  test('are not minted while the growth gate is closed, and are not lost', async () => {
    const inviter = await anInviterOf(3)
    const until = addMs(clock.now(), DAY_MS)
    await services.quality.override({ state: 'closed', until, ...by })
    expect(await rewards.earn(inviter.id)).toMatchObject({ codes: [], unminted: 3n })
    await services.quality.endOverride(by)
    expect((await rewards.earn(inviter.id)).codes).toHaveLength(3)
  })

  test('of premium are a gift of a month, given once and taken back once', async () => {
    const inviter = await anInviterOf(3)
    const terms = { threshold: 3, codes: 0, premiumMonths: 3, entryId: inviter.id }
    const id = newId()
    const late = newId()
    const createdAt = clock.now()
    await services.repos.rewards.insertNew({ ...terms, id, tier: 'test', createdAt })
    await services.repos.rewards.insertNew({ ...terms, id: late, tier: 'late', createdAt })
    await Promise.all([rewards.givePremium(id), rewards.givePremium(id)])
    expect(await services.subscriptions.hasAccess(inviter.userId, 'premium')).toBe(true)
    const [first] = (await referrals.list(inviter.id)).items
    await referrals.clawBack(first?.id ?? '', by)
    expect(await services.subscriptions.hasAccess(inviter.userId, 'premium')).toBe(false)
    // One whose job comes after the clawback.
    for (const given of [id, late]) await rewards.givePremium(given)
    expect(await services.subscriptions.hasAccess(inviter.userId, 'premium')).toBe(false)
  })

  test('of codes that expired unused can be minted again, once', async () => {
    const inviter = await anInviterOf(3)
    const { codes } = await rewards.earn(inviter.id)
    const [first] = codes
    clock.advance(30 * DAY_MS)
    await services.invites.expireDue()
    const back = () => rewards.returnExpired(first?.invitationId ?? '')
    await Promise.all([back(), back(), back()])
    expect(await codesLeft(inviter)).toBe(1n)
  })
})

describe('a clawback', () => {
  const firstOf = async (inviter: Entry) => (await referrals.list(inviter.id)).items[0]?.id ?? ''

  test('takes codes that were not minted out of the ledger, once by any number at once', async () => {
    const inviter = await anInviterOf(3)
    const id = await firstOf(inviter)
    await Promise.all([1, 2, 3, 4].map(() => referrals.clawBack(id, by)))
    expect(await codesLeft(inviter)).toBe(0n)
    expect(await tiersOf(inviter)).toEqual([])
    expect(await told('reward.clawed_back', inviter.id)).toHaveLength(1)
    expect(await told('referral.clawed_back', id)).toMatchObject([{ by: 'administrator' }])
    // The third one who comes then is worth the same again.
    await anActive(inviter)
    await checkAll(2)
    expect(await tiersOf(inviter)).toEqual(['three'])
    expect(await codesLeft(inviter)).toBe(3n)
  })

  test('revokes codes that were not used, and what was used the next reward pays', async () => {
    const inviter = await anInviterOf(3)
    const { codes } = await rewards.earn(inviter.id)
    await services.invites.use({ code: codes[0]?.code ?? '', usedBy: newId() })
    await referrals.clawBack(await firstOf(inviter), by)
    const { codes: left, unminted } = await rewards.earnings(inviter.id)
    expect(left.map(({ status }) => status).toSorted()).toEqual(['revoked', 'revoked', 'used'])
    expect(unminted).toBe(-1n)
    await anActive(inviter)
    await checkAll(2)
    expect((await rewards.earn(inviter.id)).codes).toHaveLength(5)
    expect(await codesLeft(inviter)).toBe(0n)
  })

  test('leaves the books in order', async () => {
    const { ok } = await balance.verify()
    expect(ok).toBe(true)
  })
})

test('the leaderboard, the rank and the tree tell who has brought how many', async () => {
  const [three, one] = [await anInviterOf(3), await anInviterOf(1)]
  const leaders = await referrals.leaderboard(100)
  expect(leaders).toContainEqual({ rank: expect.any(Number), entryId: three.id, qualified: 3 })
  expect(leaders.map(({ rank }) => rank)).toEqual(leaders.map((_leader, index) => index + 1))
  expect(await referrals.rankOf(three.id)).toBeLessThan((await referrals.rankOf(one.id)) ?? 0)
  expect(await referrals.rankOf((await aWaiter()).id)).toBeNull()
  const waiter = await aWaiter()
  await anActive(waiter)
  await checkAll(2)
  const onBoard = async (entry: Entry) =>
    (await referrals.leaderboard(100)).some(({ entryId }) => entryId === entry.id)
  expect([await onBoard(one), await onBoard(waiter)]).toEqual([true, true])
  await referrals.freeze((await referrals.list(one.id)).items[0]?.id ?? '', by)
  await waitlist.leave(waiter.id)
  expect([await onBoard(one), await onBoard(waiter)]).toEqual([false, false])
  const [child] = (await referrals.list(one.id)).items
  const childEntry = await waitlist.get({ id: child?.inviteeEntryId ?? '' })
  await anActive(childEntry)
  expect((await referrals.tree(one.id)).items).toMatchObject([{ brought: 1, qualified: 0 }])
  const roots = await referrals.tree(undefined, { limit: 100 })
  expect(roots.items.map(({ referral: { inviterEntryId } }) => inviterEntryId)).not.toContain(
    childEntry.id,
  )
})

test('of who is erased nobody’s address stays, neither named by them nor theirs', async () => {
  const [ada, grace] = [await aWaiter(), await aWaiter()]
  await referrals.share(ada.id, 'named@example.org')
  const mine = { userId: ada.userId ?? '', email: 'ada@example.org', verifiedAt: clock.now() }
  await services.repos.emails.put(mine)
  await referrals.share(grace.id, 'ada@example.org')
  expect(await referralsPart.export(services, mine.userId)).toMatchObject({
    brought: [{ recipientEmail: 'named@example.org' }],
  })
  await referralsPart.erase(services, mine.userId)
  expect([...(await statusesOf(ada)), ...(await statusesOf(grace))]).toEqual([])
})

test('the database refuses who brings themselves, comes twice, or is nobody', async () => {
  const inviter = await anInviterOf(1)
  const [row] = (await referrals.list(inviter.id)).items
  if (!row) throw new Error('They brought somebody')
  const insert = (values: Partial<typeof referral.$inferInsert>) =>
    db.insert(referral).values({ ...row, flags: [], id: newId(), ...values })
  await expect(insert({})).rejects.toThrow()
  await expect(insert({ inviteeEntryId: inviter.id })).rejects.toThrow()
  await expect(insert({ inviteeEntryId: null })).rejects.toThrow()
})
