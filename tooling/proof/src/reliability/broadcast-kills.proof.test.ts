import { expect } from 'vitest'
import { z } from 'zod'
import { type Kit, startKit } from '../harness/kit.ts'
import { type Proof, proof } from '../harness/proof.ts'

/** Far beyond what Telegram allows: it is not its limits that are under proof here. */
const RAISED = { GRAMKIT_MESSAGES_PER_SECOND: '1000000' }
/** Two slices of 25 that a killed worker has in hand at the most. */
const IN_HAND_MAX = 50
const TEXT = { texts: { en: 'Mugs are back', ru: 'Кружки вернулись' } }

const recipientShape = z.object({
  telegramId: z.coerce.number(),
  status: z.string(),
  isMarked: z.boolean(),
})

proof(
  'broadcast reaches everybody once or says why not, its worker killed twice, and stops when told',
  async (proof) => {
    const people = proof.isFull ? 100_000 : 500
    await using kit = await startKit(proof, { env: RAISED })
    const blocked = proof.isFull ? 200 : 10
    const { first } = await addPeople(kit, people)
    const { program } = await startProcesses(kit)
    const path = await startBroadcast(kit)
    for (let place = 0; place < blocked; place++) {
      const id = first + Math.floor(((place + 0.5) * people) / blocked)
      await kit.sandbox.control.userById(id).blockBot()
    }

    const killedAt: number[] = []
    for (const share of [0.25, 0.6]) {
      await untilProgress(proof, kit, path, ({ sent }) => sent >= people * share)
      await program.kill()
      killedAt.push((await progressOf(kit, path)).sent)
      // The short form does not wait until the time of what the dead worker held is over.
      if (!proof.isFull) await endLeases(kit)
      await program.start()
    }
    await untilProgress(proof, kit, path, ({ status }) => status === 'finished')

    const recipients = await recipientsOf(kit, path)
    const counts = await countsByUser(kit)
    const told = (status: string) => recipients.filter((one) => one.status === status)
    const gotNot = (one: { telegramId: number }) => counts.get(one.telegramId) !== 1
    expect(recipients).toHaveLength(people)
    expect([...counts.values()].filter((count) => count > 1)).toEqual([])
    expect(told('sent').filter(gotNot)).toEqual([])
    expect(told('skipped').filter((one) => !gotNot(one) || !one.isMarked)).toEqual([])
    const [sent, skipped, unknown] = ['sent', 'skipped', 'unknown'].map((one) => told(one).length)
    expect((sent ?? 0) + (skipped ?? 0) + (unknown ?? 0)).toBe(people)
    // A few may have been written to before they blocked the bot.
    expect(skipped).toBeGreaterThan(0)
    expect(skipped).toBeLessThanOrEqual(blocked)
    expect(unknown).toBeLessThanOrEqual(2 * IN_HAND_MAX)
    const arrived = told('unknown').filter((one) => !gotNot(one)).length
    proof.report({
      ...{ people, killedAt: killedAt.join('+'), sent: sent ?? 0, blocked: skipped ?? 0 },
      ...{ unknown: unknown ?? 0, ofThoseArrived: arrived },
    })
    await cancelInTheMiddle(proof, kit, people)
  },
)

/** Stops another broadcast of the same shop in its middle. */
async function cancelInTheMiddle(proof: Proof, kit: Kit, people: number): Promise<void> {
  const before = await totalSent(kit)
  // So slow that the middle is not missed.
  const slow = { target: 'telegram', kind: 'latency', method: 'sendMessage' } as const
  await kit.sandbox.control.faults.add({ ...slow, delay_ms: 300, times: null })
  const path = await startBroadcast(kit)
  await untilProgress(proof, kit, path, ({ sent }) => sent >= 25)

  await kit.admin.post(`${path}/cancel`)
  // Counted before the instant is read: who is called after it was in hand then.
  const atAnswer = await progressOf(kit, path)
  const answeredAt = await kit.sandbox.control.clock.now()
  expect(atAnswer.pending).toBe(0)
  await untilProgress(proof, kit, path, ({ sending }) => sending === 0)

  const after = await progressOf(kit, path)
  expect(after.sent).toBeLessThanOrEqual(atAnswer.sent + atAnswer.sending)
  expect(after.sent).toBeLessThan(people)
  expect(after.sent + after.skipped).toBe(people)
  expect((await totalSent(kit)) - before).toBe(after.sent)
  const [last] = await kit.rows(
    z.object({ at: z.coerce.date() }),
    `select max(sent_at) as at from gramkit.broadcast_recipient where broadcast_id = $1`,
    [idOf(path)],
  )
  const lastMs = (last?.at.getTime() ?? 0) - answeredAt.getTime()
  const begunAfter = (await kit.sandbox.control.log()).filter(
    ({ name, at, ms = 0 }) =>
      name === 'sendMessage' && new Date(at).getTime() - ms > answeredAt.getTime(),
  ).length
  proof.report({
    ...{ sentBeforeCancel: after.sent, lastMessageMsAfterCancel: lastMs },
    callsBegunAfterCancel: begunAfter,
  })
  // A slice may have looked right before the word and call right after it; nobody looks again.
  expect(begunAfter).toBeLessThanOrEqual(atAnswer.sending)
}

async function totalSent(kit: Kit): Promise<number> {
  return [...(await countsByUser(kit)).values()].reduce((sum, count) => sum + count, 0)
}

async function startProcesses(kit: Kit) {
  await kit.run('api', 'api,bot')
  return kit.run('worker', 'relay,worker')
}

/** People of the sandbox whom the shop knows. */
async function addPeople(kit: Kit, count: number): Promise<{ readonly first: number }> {
  const { first, last } = await kit.sandbox.control.telegram.addUsers(count)
  await kit.rows(
    z.unknown(),
    `insert into gramkit.user_account
       (id, kind, telegram_id, first_name, language_code, time_zone, created_at, updated_at)
     select gen_random_uuid(), 'registered', n, 'Ada', case n % 2 when 0 then 'ru' else 'en' end,
       'UTC', now(), now() from generate_series($1::bigint, $2::bigint) n`,
    [first, last],
  )
  return { first }
}

async function startBroadcast(kit: Kit): Promise<string> {
  const { body } = await kit.admin.post('/api/v1/admin/broadcasts', TEXT)
  const path = `/api/v1/admin/broadcasts/${body.broadcast.id}`
  expect((await kit.admin.post(`${path}/start`)).status).toBe(200)
  return path
}

interface Progress {
  readonly status: string
  readonly pending: number
  readonly sending: number
  readonly sent: number
  readonly skipped: number
}

async function progressOf(kit: Kit, path: string): Promise<Progress> {
  const { body } = await kit.admin.get(path)
  return { status: body.broadcast.status, ...body.progress }
}

async function untilProgress(
  { isFull }: Proof,
  kit: Kit,
  path: string,
  isReached: (progress: Progress) => boolean,
): Promise<void> {
  const deadline = performance.now() + (isFull ? 1_800_000 : 120_000)
  while (!isReached(await progressOf(kit, path))) {
    if (performance.now() > deadline) {
      throw new Error(`Stuck: ${JSON.stringify(await progressOf(kit, path))}`)
    }
    await new Promise((resolve) => setTimeout(resolve, isFull ? 500 : 5))
  }
}

async function endLeases(kit: Kit): Promise<void> {
  await kit.rows(
    z.unknown(),
    `update gramkit.broadcast_recipient set claimed_until = now() where status = 'sending'`,
  )
}

function recipientsOf(kit: Kit, path: string) {
  return kit.rows(
    recipientShape,
    `select u.telegram_id as "telegramId", r.status, b.user_id is not null as "isMarked"
     from gramkit.broadcast_recipient r join gramkit.user_account u on u.id = r.user_id
     left join gramkit.notification_reach b on b.user_id = r.user_id where r.broadcast_id = $1`,
    [idOf(path)],
  )
}

async function countsByUser(kit: Kit): Promise<ReadonlyMap<number, number>> {
  const counts = await kit.sandbox.control.telegram.sentCounts()
  return new Map(counts.map(({ userId, sent }) => [userId, sent]))
}

function idOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}
