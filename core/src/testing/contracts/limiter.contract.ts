import { expect, test } from 'vitest'
import { newId, VirtualClock } from '../../kernel/index.ts'
import { admit, type Limiter } from '../../platform/limits/index.ts'

/** A limiter under test. */
export interface LimiterContract {
  /** Opens a limiter that counts by the clock; each one stands for a process, all share a store. */
  open(clock: VirtualClock): Limiter
  /** Opens one whose store does not answer. */
  openAway(): Limiter
}

const RATE = { limit: 3, perMs: 60_000 }

/**
 * What every limiter does: exact across processes, refused tries free of charge, closed when its
 * store is away.
 *
 * @example
 * limiterContract({ open: (clock) => openPostgresLimiter(database, { clock }), openAway })
 */
export function limiterContract({ open, openAway }: LimiterContract): void {
  const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
  const limiter = open(clock)

  test('allows as many tries as its limit, then says when to come again', async () => {
    const subject = newId()
    for (let tries = 0; tries < 3; tries++) {
      expect(await limiter.take('login', subject, RATE)).toEqual({
        isAllowed: true,
        retryAfterMs: 0,
      })
    }
    const refused = { isAllowed: false, retryAfterMs: 20_000 }
    expect(await limiter.take('login', subject, RATE)).toEqual(refused)
    clock.advance(5_000)
    expect(await limiter.take('login', subject, RATE)).toEqual({ ...refused, retryAfterMs: 15_000 })
  })

  test('frees one try after another, whoever keeps trying in between', async () => {
    const subject = newId()
    const take = async () => (await limiter.take('login', subject, RATE)).isAllowed
    for (let tries = 0; tries < 10; tries++) await take()
    clock.advance(19_999)
    expect(await take()).toBe(false)
    clock.advance(1)
    expect([await take(), await take()]).toEqual([true, false])
    clock.advance(60_000)
    expect([await take(), await take(), await take(), await take()]).toEqual([
      ...[true, true, true, false],
    ])
  })

  test('allows exactly the limit to tries of several processes at the same time', async () => {
    const subject = newId()
    const limiters = [limiter, open(clock), open(clock)]
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (limiters[index % limiters.length] ?? limiter).take('login', subject, RATE),
      ),
    )
    expect(taken.filter(({ isAllowed }) => isAllowed)).toHaveLength(3)
    const waits = taken.filter(({ isAllowed }) => !isAllowed).map((one) => one.retryAfterMs)
    expect(Math.min(...waits)).toBeGreaterThan(0)
  })

  test('keeps names and subjects apart', async () => {
    const subject = newId()
    for (let tries = 0; tries < 4; tries++) await limiter.take('a', `b:${subject}`, RATE)
    expect(await limiter.take('a:b', subject, RATE)).toMatchObject({ isAllowed: true })
    expect(await limiter.take('a', subject, RATE)).toMatchObject({ isAllowed: true })
  })

  test('takes a slice at once or none of it', async () => {
    const subject = newId()
    const slice = { ...RATE, cost: 2 }
    expect(await limiter.take('send', subject, slice)).toMatchObject({ isAllowed: true })
    expect(await limiter.take('send', subject, slice)).toEqual({
      isAllowed: false,
      retryAfterMs: 20_000,
    })
    expect(await limiter.take('send', subject, RATE)).toMatchObject({ isAllowed: true })
  })

  test('takes one of each of many at once, and tells of each', async () => {
    const [spent, fresh] = [newId(), newId()]
    for (let tries = 0; tries < 3; tries++) await limiter.take('login', spent, RATE)
    expect(await limiter.takeEach('login', [spent, fresh], RATE)).toEqual([
      { isAllowed: false, retryAfterMs: 20_000 },
      { isAllowed: true, retryAfterMs: 0 },
    ])
    expect(await limiter.takeEach('login', [], RATE)).toEqual([])
  })

  test('takes many at once in any order without two waiting for each other', async () => {
    const subjects = Array.from({ length: 60 }, newId)
    const limiters = [limiter, open(clock), open(clock)]
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (limiters[index % limiters.length] ?? limiter).takeEach(
          'login',
          index % 2 === 0 ? subjects : subjects.toReversed(),
          RATE,
        ),
      ),
    )
    const allowed = answers.flat().filter(({ isAllowed }) => isAllowed)
    expect(allowed).toHaveLength(3 * subjects.length)
  })

  test('gives back what was taken, to those who are named, and never more', async () => {
    const [one, other] = [newId(), newId()]
    const take = async (subject: string) => (await limiter.take('login', subject, RATE)).isAllowed
    for (let tries = 0; tries < 3; tries++) await limiter.takeEach('login', [one, other], RATE)
    await limiter.giveBack('login', [one], RATE)
    expect([await take(one), await take(one), await take(other)]).toEqual([true, false, false])
    clock.advance(3_600_000)
    await limiter.giveBack('login', [one, newId()], RATE)
    const tries = [await take(one), await take(one), await take(one), await take(one)]
    expect(tries).toEqual([true, true, true, false])
  })

  test('gives back to many at once in any order without two waiting for each other', async () => {
    const subjects = Array.from({ length: 60 }, newId)
    const limiters = [limiter, open(clock), open(clock)]
    for (let tries = 0; tries < 3; tries++) await limiter.takeEach('login', subjects, RATE)
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const mine = index % 2 === 0 ? subjects : subjects.toReversed()
        const one = limiters[index % limiters.length] ?? limiter
        await one.giveBack('login', mine, RATE)
        await one.takeEach('login', mine.toReversed(), RATE)
      }),
    )
    const left = await limiter.takeEach('login', subjects, RATE)
    expect(left.filter(({ isAllowed }) => isAllowed)).toEqual([])
  })

  test('refuses everybody during a pause, which a shorter one does not end', async () => {
    const subject = newId()
    await limiter.pause('send', subject, 30_000)
    await open(clock).pause('send', subject, 1_000)
    clock.advance(29_999)
    expect(await limiter.take('send', subject, RATE)).toEqual({ isAllowed: false, retryAfterMs: 1 })
    clock.advance(1)
    expect(await limiter.take('send', subject, RATE)).toMatchObject({ isAllowed: true })
  })

  test('pauses a subject that has tries left', async () => {
    const subject = newId()
    await limiter.take('send', subject, RATE)
    await limiter.pause('send', subject, 90_000)
    expect(await limiter.take('send', subject, RATE)).toEqual({
      isAllowed: false,
      retryAfterMs: 90_000,
    })
  })

  test('forgets what limits nobody any more, and nothing else', async () => {
    const [spent, paused] = [newId(), newId()]
    clock.advance(3_600_000)
    await limiter.forgetOld()
    for (let tries = 0; tries < 3; tries++) await limiter.take('login', spent, RATE)
    await limiter.pause('send', paused, 120_000)
    expect(await limiter.forgetOld()).toBe(0)
    expect(await limiter.take('login', spent, RATE)).toMatchObject({ isAllowed: false })
    clock.advance(60_000)
    expect(await limiter.forgetOld()).toBe(1)
    expect(await limiter.take('send', paused, RATE)).toMatchObject({ isAllowed: false })
    clock.advance(60_000)
    expect(await limiter.forgetOld()).toBe(1)
  })

  test('admits until the limit and then refuses by a typed error', async () => {
    const subject = newId()
    for (let tries = 0; tries < 3; tries++) await admit(limiter, 'login', subject, RATE)
    await expect(admit(limiter, 'login', subject, RATE)).rejects.toMatchObject({
      code: 'limits.too_many_tries',
      kind: 'rate_limited',
      details: { limit: 'login', retryAfterSeconds: 20 },
    })
  })

  test('refuses when its store does not answer', async () => {
    await expect(admit(openAway(), 'login', newId(), RATE)).rejects.toMatchObject({
      code: 'limits.unavailable',
      kind: 'unavailable',
    })
  })
}
