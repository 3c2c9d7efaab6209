import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Invitation,
  type InvitationStorage,
  type InvitesService,
  type NewInvitation,
  openInvites,
} from '../../features/invites/index.ts'
import { addMs, newId, type Page, type PageRequest, VirtualClock } from '../../kernel/index.ts'
import type { DomainEvent } from '../../platform/outbox/index.ts'
import { codeOf } from '../refusals.ts'

/** A storage to be tested. */
export interface InvitationStorageContractOptions {
  readonly name: string
  /** Opens a storage with nothing in it. */
  readonly make: () => Promise<InvitationStorage>
  /** Called after each test. [nothing is done] */
  readonly close?: () => Promise<void>
}

const START = new Date('2030-01-01T00:00:00.000Z')
const DAY_MS = 86_400_000

/**
 * What every storage of invitations keeps to, whoever wrote it: an adapter is done when this passes.
 *
 * @example
 * invitationStorageContract({ name: 'SQLite', make: async () => openSqliteInvitations(':memory:') })
 */
export function invitationStorageContract(options: InvitationStorageContractOptions): void {
  describe(`invitations in ${options.name}`, () => {
    let storage: InvitationStorage
    let clock: VirtualClock
    let invites: InvitesService
    let events: DomainEvent[]

    beforeEach(async () => {
      storage = await options.make()
      clock = new VirtualClock(START)
      events = []
      const publish = async (event: DomainEvent) => {
        events.push(event)
      }
      invites = openInvites({ storage, clock, events: { publish } })
    })
    afterEach(() => options.close?.())

    const create = (more: Partial<NewInvitation> = {}): Promise<Invitation> =>
      invites.create({ createdBy: 'ada', ...more })
    const tomorrow = () => addMs(clock.now(), DAY_MS)
    const named = (name: string) => events.filter((event) => event.name === `invitation.${name}`)
    const all = async <Item>(read: (request: PageRequest) => Promise<Page<Item>>) => {
      const items: Item[] = []
      let cursor: string | undefined
      do {
        const page = await read({ limit: 2, cursor })
        items.push(...page.items)
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return items
    }

    test('keeps what it was given', async () => {
      const made = await create({
        code: 'Welcome-2030',
        usageLimit: 5,
        expiresAt: new Date('2030-02-28T23:59:59.999Z'),
        metadata: { campaign: 'winter', premium: true, weight: 1.5, note: null, quote: `"'\\` },
        recipient: 'bob',
      })
      expect(made).toMatchObject({ code: 'Welcome-2030', status: 'active', useCount: 0 })
      expect(await storage.findById(made.id)).toEqual(made)
      expect(await storage.findByCode('Welcome-2030')).toEqual(made)
      expect(await storage.findById(newId())).toBeUndefined()
    })

    test('finds a code in whatever case it is written', async () => {
      const made = await create({ code: 'MiXed_cAse' })
      expect(await invites.getByCode('mixed_CASE')).toEqual(made)
      await invites.use({ code: 'MIXED_case', usedBy: 'bob' })
      expect(await invites.getById(made.id)).toMatchObject({ code: 'MiXed_cAse', status: 'used' })
    })

    test('compares codes by equality: six underscores find nothing, and may be a code', async () => {
      await create({ code: 'SECRET' })
      await expect(invites.use({ code: '______', usedBy: 'bob' })).rejects.toMatchObject({
        code: 'invites.not_found',
      })
      const underscores = await create({ code: '______' })
      expect(await storage.findByCode('______')).toEqual(underscores)
      expect(await invites.getByCode('SECRET')).toMatchObject({ status: 'active', useCount: 0 })
      await expect(invites.getByCode('SECRE_')).rejects.toMatchObject({ code: 'invites.not_found' })
    })

    test('refuses a code that is taken, in whatever case, and goes on', async () => {
      const first = await create({ code: 'TAKEN-1' })
      await expect(create({ code: 'taken-1' })).rejects.toMatchObject({
        code: 'invites.code_taken',
      })
      expect(await invites.getByCode('TAKEN-1')).toEqual(first)
      expect((await create({ code: 'FREE-01' })).code).toBe('FREE-01')
      expect(named('created')).toHaveLength(2)
    })

    test('writes of many those whose codes are free', async () => {
      const one = await create({ code: 'ALREADY' })
      const copy = (code: string): Invitation => ({ ...one, id: newId(), code })
      const some = [copy('first1'), copy('already'), copy('FIRST1'), copy('second')]
      const written = await storage.insert(some)
      expect(new Set(written)).toEqual(new Set([some[0]?.id, some[3]?.id]))
      expect(await storage.insert([])).toEqual([])
      expect(await invites.stats()).toMatchObject({ total: 3 })
    })

    test('lets one of two who race for a single-use code in, and tells the other', async () => {
      const { code, id } = await create()
      const results = await Promise.allSettled(
        ['bob', 'eve'].map((usedBy) => invites.use({ code, usedBy })),
      )
      expect(results.map(codeOf).sort()).toEqual(['invites.not_active', 'ok'])
      const lost = results.find(({ status }) => status === 'rejected')
      expect(lost).toMatchObject({ reason: { details: { invitationId: id, status: 'used' } } })
      expect(await all((page) => invites.uses(id, page))).toHaveLength(1)
      expect(named('used')).toHaveLength(1)
      expect(named('limit_reached')).toHaveLength(1)
    })

    test('lets exactly as many in as it says, however many come at once', async () => {
      const { code, id } = await create({ usageLimit: 10 })
      const results = await Promise.allSettled(
        Array.from({ length: 60 }, (_, index) => invites.use({ code, usedBy: `user-${index}` })),
      )
      const codes = results.map(codeOf)
      expect(codes.filter((result) => result === 'ok')).toHaveLength(10)
      expect(codes.filter((result) => result === 'invites.not_active')).toHaveLength(50)
      const counts = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.useCount] : [],
      )
      expect(counts.sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(await invites.getById(id)).toMatchObject({ status: 'used', useCount: 10 })
      expect(await all((page) => invites.uses(id, page))).toHaveLength(10)
      expect(named('used')).toHaveLength(10)
      expect(named('limit_reached')).toMatchObject([{ payload: { usageLimit: 10 } }])
    })

    test('decides by itself on those who come from many processes at once', async () => {
      const { code, id } = await create({ usageLimit: 5 })
      // Past the queue of one process, which lets its people go together.
      const decisions = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          storage.use({
            code,
            at: clock.now(),
            uses: [{ id: newId(), usedBy: `user-${index % 10}` }],
          }),
        ),
      )
      const outcomes = decisions.flatMap((decision) => decision?.outcomes ?? [])
      const counts = outcomes.flatMap((outcome) => ('useCount' in outcome ? outcome.useCount : []))
      expect(counts.sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5])
      const kept = await all((page) => invites.uses(id, page))
      expect(new Set(kept.map(({ usedBy }) => usedBy)).size).toBe(5)
      expect(await invites.getById(id)).toMatchObject({ status: 'used', useCount: 5 })
    })

    test('lets nobody use a code twice, not even at once, nor their own', async () => {
      const { code, id } = await create({ usageLimit: null })
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => invites.use({ code, usedBy: 'bob' })),
      )
      expect(results.map(codeOf).sort()).toEqual([
        ...Array.from({ length: 7 }, () => 'invites.already_used'),
        'ok',
      ])
      await expect(invites.use({ code, usedBy: 'ada' })).rejects.toMatchObject({
        code: 'invites.own_code',
      })
      expect(await invites.getById(id)).toMatchObject({ status: 'active', useCount: 1 })
    })

    test('decides on several people in their order', async () => {
      const { code, id } = await create({ usageLimit: 2, recipient: undefined })
      const people = ['ada', 'bob', 'bob', 'eve', 'ian']
      const uses = people.map((usedBy) => ({ id: newId(), usedBy }))
      const decision = await storage.use({ code, at: clock.now(), uses })
      expect(decision).toMatchObject({
        isExpiryNew: false,
        invitation: { id, status: 'used', useCount: 2 },
        outcomes: [
          { refusal: 'own_code' },
          { useCount: 1 },
          { refusal: 'already_used' },
          { useCount: 2 },
          { refusal: 'used' },
        ],
      })
      const kept = await all((page) => invites.uses(id, page))
      expect(kept).toEqual(
        [uses[1], uses[3]].map((use) => ({ ...use, invitationId: id, usedAt: clock.now() })),
      )
    })

    test('tells who has used a code before so, also when it is over', async () => {
      const single = await create()
      const revoked = await create({ usageLimit: 3 })
      for (const { code } of [single, revoked]) await invites.use({ code, usedBy: 'bob' })
      await invites.revoke({ id: revoked.id, by: 'ada' })
      for (const { code } of [single, revoked]) {
        await expect(invites.use({ code, usedBy: 'bob' })).rejects.toMatchObject({
          code: 'invites.already_used',
        })
      }
    })

    test('is without end where no limit is set', async () => {
      const { code, id } = await create({ usageLimit: null })
      for (let count = 1; count <= 5; count++) {
        expect(await invites.use({ code, usedBy: `user-${count}` })).toMatchObject({
          useCount: count,
          remainingUses: null,
          isExhausted: false,
        })
      }
      expect(await invites.getById(id)).toMatchObject({ status: 'active', useCount: 5 })
      expect(named('limit_reached')).toEqual([])
    })

    test('tells nobody but its recipient that an invitation is there', async () => {
      const { code } = await create({ recipient: 'bob' })
      await expect(invites.use({ code, usedBy: 'eve' })).rejects.toMatchObject({
        code: 'invites.not_found',
        details: {},
      })
      expect(await invites.validate({ code, usedBy: 'eve' })).toEqual(
        await invites.validate({ code: 'NOTHING-HERE', usedBy: 'eve' }),
      )
      expect(await invites.use({ code, usedBy: 'bob' })).toMatchObject({ isExhausted: true })
    })

    test('can be used until the instant before its end, and at that instant no more', async () => {
      const expiresAt = tomorrow()
      const { code, id } = await create({ usageLimit: null, expiresAt })
      clock.set(addMs(expiresAt, -1))
      await invites.use({ code, usedBy: 'bob' })
      clock.set(expiresAt)
      await expect(invites.use({ code, usedBy: 'eve' })).rejects.toMatchObject({
        code: 'invites.expired',
      })
      expect(await invites.getById(id)).toMatchObject({ status: 'expired', useCount: 1 })
    })

    test('stores and publishes once that it expired, by whoever touches it first', async () => {
      const expiresAt = tomorrow()
      const { code, id } = await create({ expiresAt })
      clock.set(addMs(expiresAt, 5))
      const results = await Promise.allSettled([
        ...['bob', 'eve', 'ian'].map((usedBy) => invites.use({ code, usedBy })),
      ])
      expect(results.map(codeOf)).toEqual(Array.from({ length: 3 }, () => 'invites.expired'))
      expect(await invites.expireDue()).toBe(0)
      expect(await invites.stats()).toMatchObject({ active: 0, expired: 1 })
      expect(named('expired')).toMatchObject([
        { subjectId: id, payload: { code, expiredAt: expiresAt.toISOString() } },
      ])
    })

    test('is swept once by three sweepers, and only what is due', async () => {
      const expiresAt = tomorrow()
      for (let index = 0; index < 12; index++) await create({ expiresAt })
      const later = await create({ expiresAt: addMs(expiresAt, 1) })
      const revoked = await create({ expiresAt })
      await invites.revoke({ id: revoked.id, by: 'ada' })
      clock.set(expiresAt)
      const sweeps = await Promise.all([1, 2, 3].map(() => storage.expireDue(clock.now(), 5)))
      const swept = sweeps.flat().concat(await storage.expireDue(clock.now(), 5))
      expect(new Set(swept.map(({ id }) => id)).size).toBe(12)
      expect(swept).toHaveLength(12)
      expect(swept.every(({ status }) => status === 'expired')).toBe(true)
      expect(await invites.expireDue()).toBe(0)
      expect(await invites.getById(later.id)).toMatchObject({ status: 'active' })
      expect(await invites.getById(revoked.id)).toMatchObject({ status: 'revoked' })
    })

    test('is revoked once: a second time changes and publishes nothing', async () => {
      const { id, code } = await create()
      const first = await invites.revoke({ id, by: 'ada', reason: 'a mistake' })
      expect(first).toMatchObject({
        status: 'revoked',
        revokedBy: 'ada',
        revokedAt: clock.now(),
        revocationReason: 'a mistake',
      })
      clock.advance(1_000)
      expect(await invites.revoke({ code, by: 'eve', reason: 'another' })).toEqual(first)
      expect(named('revoked')).toMatchObject([{ payload: { revokedBy: 'ada' } }])
      await expect(invites.use({ code, usedBy: 'bob' })).rejects.toMatchObject({
        code: 'invites.not_active',
        details: { status: 'revoked' },
      })
    })

    test('stays what it ended as when it is revoked too late', async () => {
      const single = await create()
      await invites.use({ code: single.code, usedBy: 'bob' })
      const short = await create({ expiresAt: tomorrow() })
      clock.advance(DAY_MS)
      await invites.expireDue()
      expect(await invites.revoke({ id: single.id, by: 'ada' })).toMatchObject({ status: 'used' })
      expect(await invites.revoke({ id: short.id, by: 'ada' })).toMatchObject({ status: 'expired' })
      expect(named('revoked')).toEqual([])
    })

    test('is validated without any change, whatever is asked', async () => {
      const expiresAt = tomorrow()
      const single = await create({ expiresAt, usageLimit: 2 })
      await invites.use({ code: single.code, usedBy: 'bob' })
      const before = await invites.getById(single.id)
      expect(await invites.validate({ code: single.code })).toEqual({
        isValid: true,
        reason: null,
        status: 'active',
        remainingUses: 1,
        expiresAt,
      })
      const reasons = async (...people: string[]) =>
        Promise.all(
          people.map(
            async (usedBy) => (await invites.validate({ code: single.code, usedBy })).reason,
          ),
        )
      expect(await reasons('eve', 'bob', 'ada')).toEqual([null, 'already_used', 'own_code'])
      for (const code of ['', 'short', '______', 'ABCDEF\n', '%', '\u017Fecret', 'x'.repeat(33)]) {
        expect(await invites.validate({ code })).toMatchObject({
          isValid: false,
          reason: code === '______' ? 'not_found' : 'malformed',
        })
      }
      clock.set(expiresAt)
      expect(await invites.validate({ code: single.code })).toMatchObject({
        isValid: false,
        reason: 'expired',
        status: 'active',
      })
      expect(await invites.getById(single.id)).toEqual(before)
      expect(named('expired')).toEqual([])
    })

    test('is listed by maker, state and batch, newest first, page by page', async () => {
      const first = await create()
      const { batchId } = await invites.createBatch({ createdBy: 'eve', count: 5 })
      const last = await create()
      await invites.use({ code: first.code, usedBy: 'bob' })
      const ids = async (filter: Parameters<InvitesService['list']>[0]) =>
        (await all((page) => invites.list(filter, page))).map(({ id }) => id)
      expect(await ids({ createdBy: 'ada' })).toEqual([last.id, first.id])
      expect(await ids({ createdBy: 'ada', status: 'used' })).toEqual([first.id])
      const batch = await ids({ batchId })
      expect(batch).toHaveLength(5)
      expect(await ids({})).toEqual([last.id, ...batch, first.id])
      expect(batch).toEqual([...batch].sort().reverse())
    })

    test('is counted by state, of one maker and of all', async () => {
      const multi = await create({ usageLimit: 3 })
      for (const usedBy of ['bob', 'eve']) await invites.use({ code: multi.code, usedBy })
      const single = await create()
      await invites.use({ code: single.code, usedBy: 'bob' })
      const gone = await create({ createdBy: 'eve' })
      await invites.revoke({ id: gone.id, by: 'eve' })
      await create({ createdBy: 'eve', expiresAt: tomorrow() })
      clock.advance(DAY_MS)
      await invites.expireDue()
      expect(await invites.stats({ createdBy: 'ada' })).toEqual({
        ...{ active: 1, used: 1, expired: 0, revoked: 0, total: 2, uses: 3 },
      })
      expect(await invites.stats()).toEqual({
        ...{ active: 1, used: 1, expired: 1, revoked: 1, total: 4, uses: 3 },
      })
      expect(await invites.stats({ createdBy: 'nobody' })).toMatchObject({ total: 0, uses: 0 })
    })

    test('makes a batch of codes that each open to their recipient alone', async () => {
      const recipients = ['bob', 'eve', 'zoe']
      const { invitations } = await invites.createBatch({ createdBy: 'ada', recipients })
      expect(invitations.map(({ recipient }) => recipient)).toEqual(recipients)
      expect(named('batch_created')).toMatchObject([{ payload: { count: 3 } }])
      for (const { code, recipient } of invitations) {
        await expect(invites.use({ code, usedBy: 'mallory' })).rejects.toMatchObject({
          code: 'invites.not_found',
        })
        expect(await invites.use({ code, usedBy: recipient ?? '' })).toMatchObject({
          isExhausted: true,
        })
      }
    })

    test('makes a batch of different codes behind its prefix', async () => {
      const { codes, batchId } = await invites.createBatch({
        createdBy: 'ada',
        count: 500,
        prefix: 'WINTER',
        usageLimit: 2,
      })
      expect(new Set(codes).size).toBe(500)
      expect(codes.filter((code) => !/^WINTER-[0-9A-HJKMNP-TV-Z]{12}$/.test(code))).toEqual([])
      expect(await invites.use({ code: codes[499] ?? '', usedBy: 'bob' })).toMatchObject({
        remainingUses: 1,
      })
      expect(events.map(({ name }) => name)).toEqual([
        'invitation.batch_created',
        'invitation.used',
      ])
      expect(named('batch_created')).toMatchObject([{ payload: { batchId, count: 500 } }])
    })
  })
}
