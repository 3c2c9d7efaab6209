import { startSandbox } from '@gramkit/sandbox'
import { sql } from 'drizzle-orm'
import { Api } from 'grammy'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { coreHost, GROWTH_DUE_WORK, startJobs } from '../../../jobs.ts'
import { DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { telegramChannel } from '../../notifications/channels/telegram.ts'
import { anyTemplate, sendDueNotifications } from '../../notifications/index.ts'
import { waitlistPlan } from '../batches/plan.ts'
import { cohortOf } from '../experiments/experiment.ts'
import { PERSONAS, type Persona, waitlistWeights } from '../score.ts'
import { sendWaitlistMail } from './messages.jobs.ts'
import { WAITLIST_TEMPLATES } from './waitlist-templates.ts'

const TOKEN = '700000011:AAtest-token-of-a-bot-with-a-waitlist'
const pageUrl = 'https://example.org/join/'
const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'waiting_bot', name: 'Bot' }],
  limits: { messagesPerSecond: 1_000, messageBurstPerChat: 1_000 },
})
const clock = new VirtualClock(new Date('2030-01-01T12:00:00.000Z'))
const { database, platform, services, close } = await testPlatform({
  ...{ clock, poolSize: 8, codeSecret: 'a secret of at least thirty-two characters' },
  mail: { smtpUrl: sandbox.smtpUrl, from: 'join@example.org' },
  notifications: { templates: Object.values(WAITLIST_TEMPLATES).map((one) => anyTemplate(one)) },
  waitlist: { pageUrl, codePrefix: 'EARLY' },
})
const { admissions, batches, experiments, invites, settings, waitlist } = services
const db = platform.database.executor
const owner = new pg.Client({ connectionString: database.adminUrl })
const jobs = await startJobs({
  ...{ database: platform.database, host: coreHost(platform), roles: [] },
  jobs: [sendWaitlistMail],
  subscriptions: [],
  dueWork: [
    ...GROWTH_DUE_WORK.filter(({ name }) => name.startsWith('waitlist.')),
    sendDueNotifications({
      telegram: telegramChannel(new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })),
    }),
  ],
  logger: { info: () => {}, warn: () => {}, error: () => {} },
})
const byAdmin = { actor: 'admin', reason: 'test' }

let count = 0

/** Joins by an address and gives what its mailbox holds since. */
async function someone(language: 'en' | 'ru' = 'en') {
  const email = `reader-${++count}@example.org`
  const { entry } = await waitlist.join({ email, useCase: 'Test', persona: 'other', language })
  await jobs.settle()
  const mails = async () => (await sandbox.control.mailbox(email)).map(({ text }) => text.trim())
  return { id: entry.id, email, mails }
}

/** What the link of the newest mail carries. */
const linkIn = (mails: readonly string[]) => /https:\S+/.exec(mails.at(-1) ?? '')?.[0] ?? ''
const confirmTokenIn = (mails: readonly string[]) => linkIn(mails).split('#confirm=')[1] ?? ''

async function confirmed(language: 'en' | 'ru' = 'en') {
  const reader = await someone(language)
  await waitlist.confirm(confirmTokenIn(await reader.mails()))
  await jobs.settle()
  return reader
}

async function aTelegramUser() {
  const person = sandbox.control.user(newId(), { language_code: 'ru' })
  const { id } = await services.users.getOrCreateFromTelegram({
    ...{ id: BigInt(await person.id()), username: null, firstName: 'Ada', lastName: null },
    languageCode: 'ru',
  })
  return { id, texts: async () => (await person.chat()).map(({ text }) => text ?? '') }
}

const statusOf = async (id: string) => (await waitlist.get({ id })).status
const wait = async (ms: number) => {
  clock.advance(ms)
  await jobs.settle()
}
const namesOf = async (id: string) =>
  (
    await rows(
      db,
      sql`select name from gramkit.outbox_event where subject_id = ${id} order by seq`,
      z.object({ name: z.string() }),
    )
  ).map(({ name }) => name)

beforeAll(() => owner.connect())

beforeEach(async () => {
  await owner.query(`truncate gramkit.waitlist_entry, gramkit.waitlist_class_count,
    gramkit.waitlist_bucket_count, gramkit.waitlist_batch cascade`)
})

afterAll(async () => {
  await jobs.close()
  await owner.end()
  await close()
  await sandbox.close()
})

describe('mails', () => {
  test('bring the link to confirm, the place, and the code with a link to come in by', async () => {
    const reader = await someone()
    expect(await reader.mails()).toHaveLength(1)
    await waitlist.confirm(confirmTokenIn(await reader.mails()))
    await jobs.settle()
    expect((await reader.mails()).at(-1)).toContain('Your place in the queue: 1.')
    const positionToken = linkIn(await reader.mails()).split('me#token=')[1] ?? ''
    expect(await waitlist.find({ positionToken })).toMatchObject({ id: reader.id })
    const { codes } = await batches.generate({ size: 1, ...byAdmin })
    expect((await batches.codes()).items[0]?.invite.deliveredAt).toBeNull()
    await jobs.settle()
    expect((await batches.codes()).items[0]?.invite.deliveredAt).toEqual(clock.now())
    const link = new URL(linkIn(await reader.mails()))
    const carried = new URLSearchParams(link.hash.slice(1))
    expect(codes).toEqual([carried.get('code')])
    expect(carried.get('code')).toMatch(/^EARLY-/)
    const email = carried.get('email') ?? ''
    expect(await admissions.redeem({ code: codes[0] ?? '', email })).toMatchObject({
      entryId: reader.id,
    })
  })

  test('are in the language of who joined', async () => {
    expect((await (await confirmed('ru')).mails()).at(-1)).toContain('Ваше место в очереди: 1.')
  })

  test('with the link come again when somebody joins again, once an hour, and tell nobody', async () => {
    const { email, mails } = await someone()
    const again = () => waitlist.join({ email, useCase: 'Test', persona: 'other' })
    for (let index = 0; index < 3; index++) {
      await expect(again()).rejects.toMatchObject({ code: 'waitlist.already_joined' })
    }
    await wait(0)
    expect(await mails()).toHaveLength(1)
    clock.advance(3_600_000)
    await expect(again()).rejects.toMatchObject({ code: 'waitlist.already_joined' })
    await wait(0)
    expect(await mails()).toHaveLength(2)
  })

  test('say nothing that is not true any more', async () => {
    const reader = await someone()
    const told = { entryId: reader.id, occasion: 'late' }
    await services.waitlistMessages.send({ ...told, template: 'invited' })
    await services.waitlistMessages.send({ ...told, template: 'confirmed' })
    await waitlist.leave(reader.id)
    await services.waitlistMessages.send({ ...told, template: 'confirm' })
    expect(await reader.mails()).toHaveLength(1)
  })

  test('carry no token and no address in their job', async () => {
    const reader = await confirmed()
    await batches.generate({ size: 1, ...byAdmin })
    await jobs.settle()
    const payloads = await rows(
      db,
      sql`select payload from gramkit.job where name = 'waitlist.mail'
          and payload->>'entryId' = ${reader.id}`,
      z.object({ payload: z.record(z.string(), z.string()) }),
    )
    expect(payloads).toHaveLength(3)
    for (const { payload } of payloads) {
      expect(Object.keys(payload).sort()).toEqual(['entryId', 'occasion', 'template'])
      expect(JSON.stringify(payload)).not.toMatch(/@|EARLY/)
    }
  })

  test('of a code are sent again by hand, while somebody can use it', async () => {
    const reader = await confirmed()
    const [code = ''] = (await batches.generate({ size: 1, ...byAdmin })).codes
    await jobs.settle()
    await batches.resend(code, byAdmin)
    expect((await batches.codes()).items[0]?.invite).toMatchObject({ sends: 2, deliveredAt: null })
    await jobs.settle()
    expect((await reader.mails()).filter((mail) => mail.includes(code))).toHaveLength(2)
    await batches.revoke(code, byAdmin)
    await expect(batches.resend(code, byAdmin)).rejects.toMatchObject({
      code: 'waitlist.invite_ended',
    })
  })
})

test('who joined by Telegram is told there', async () => {
  const person = await aTelegramUser()
  await waitlist.join({ userId: person.id, useCase: 'Test', persona: 'agency' })
  await jobs.settle()
  expect((await person.texts()).at(-1)).toContain('Ваше место в очереди: 1.')
  const { codes } = await batches.generate({ size: 1, ...byAdmin })
  await jobs.settle()
  expect((await person.texts()).at(-1)).toContain(codes[0])
  expect((await batches.codes()).items[0]?.invite.deliveredAt).toEqual(clock.now())
})

describe('a code that nobody uses', () => {
  test('is warned of a day before, once, and lets its entry wait again at its old place', async () => {
    const reader = await confirmed()
    const later = await confirmed()
    const [code = ''] = (await batches.generate({ size: 1, ...byAdmin })).codes
    await wait(6 * DAY_MS - 1)
    expect((await reader.mails()).at(-1)).toContain('It is your turn')
    await wait(1)
    await wait(1)
    expect((await reader.mails()).filter((mail) => mail.includes('one more day'))).toHaveLength(1)
    await wait(DAY_MS - 1)
    expect(await statusOf(reader.id)).toBe('waiting')
    expect(await waitlist.position(reader.id)).toMatchObject({ position: 1, totalWaiting: 2 })
    expect(await waitlist.position(later.id)).toMatchObject({ position: 2 })
    expect(await namesOf(reader.id)).toContain('waitlist.requeued')
    await expect(admissions.redeem({ code, email: reader.email })).rejects.toMatchObject({
      code: 'invites.expired',
    })
  })

  test('four times over lets its entry lapse, which may join again', async () => {
    const reader = await confirmed()
    await waitlist.setQualifiedReferrals(reader.id, 3)
    for (let round = 1; round <= 4; round++) {
      expect(await statusOf(reader.id)).toBe('waiting')
      expect((await batches.generate({ size: 1, ...byAdmin })).codes).toHaveLength(1)
      await wait(7 * DAY_MS)
    }
    expect(await statusOf(reader.id)).toBe('lapsed')
    expect((await namesOf(reader.id)).slice(-2)).toEqual(['waitlist.invited', 'waitlist.lapsed'])
    const { entry, place } = await waitlist.join({ ...reader, useCase: 'Again', persona: 'agency' })
    expect(entry).toMatchObject({ id: reader.id, status: 'unconfirmed', requeues: 0 })
    expect(place).toMatchObject({ components: { persona: 20, referrals: 6 } })
  })

  test('is requeued once by three workers, and not when it was used in time', async () => {
    const people = [await confirmed(), await confirmed(), await confirmed()]
    const { codes } = await batches.generate({ size: 3, ...byAdmin })
    await admissions.redeem({ code: codes[0] ?? '', email: people[0]?.email ?? '' })
    clock.advance(7 * DAY_MS)
    const counts = await Promise.all([1, 2, 3].map(() => batches.requeueExpired()))
    expect(counts.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(2)
    expect(await waitlist.stats()).toMatchObject({ waiting: 2, invited: 0, admitted: 1 })
    for (const { id } of people.slice(1)) {
      expect((await namesOf(id)).filter((name) => name === 'waitlist.requeued')).toHaveLength(1)
    }
  })
})

describe('the plan', () => {
  const plan = { isOn: true, size: 2, cadenceHours: 24, cutoffScore: 0 }

  test('invites people by itself, in its cadence, once however many look', async () => {
    for (let index = 0; index < 5; index++) await confirmed()
    expect(await batches.findNextPlannedAt()).toBeNull()
    await settings.change(waitlistPlan, { ...byAdmin, value: plan })
    expect((await Promise.all([1, 2, 3].map(() => batches.runPlan()))).filter(Boolean)).toEqual([
      true,
    ])
    expect(await waitlist.stats()).toMatchObject({ waiting: 3, invited: 2 })
    await wait(DAY_MS - 1)
    expect(await waitlist.stats()).toMatchObject({ waiting: 3 })
    await wait(1)
    expect(await waitlist.stats()).toMatchObject({ waiting: 1, invited: 4 })
    // However long nobody looked, one batch makes up for it.
    await wait(3 * DAY_MS)
    expect(await waitlist.stats()).toMatchObject({ waiting: 0, invited: 5 })
    await settings.change(waitlistPlan, { ...byAdmin, value: { ...plan, isOn: false } })
  })

  test('writes down what the gate refuses, with the reasons, and tries again later', async () => {
    await confirmed()
    const gateIs = (state: string) =>
      owner.query(
        `insert into gramkit.quality_gate_change (version, state, reasons, is_redeeming_allowed, actor, reason, created_at)
         select count(*) + 1, $1, '[{"code":"low_trust","value":0.5,"threshold":0.7}]', true, 'system', 'measured', now()
         from gramkit.quality_gate_change`,
        [state],
      )
    await gateIs('closed')
    await settings.change(waitlistPlan, { ...byAdmin, value: plan })
    await jobs.settle()
    const { items } = await batches.list()
    expect(items).toMatchObject([{ isPlanned: true, generated: 0, refusal: 'low_trust' }])
    expect(await waitlist.stats()).toMatchObject({ waiting: 1 })
    await gateIs('open')
    await wait(DAY_MS)
    expect(await waitlist.stats()).toMatchObject({ waiting: 0, invited: 1 })
    await settings.change(waitlistPlan, { ...byAdmin, value: { ...plan, isOn: false } })
  })
})

/** Somebody who waits as a user of Telegram. */
async function aWaiting(persona: Persona) {
  const { id: userId } = await aTelegramUser()
  return waitlist.join({ userId, useCase: 'Test', persona })
}

describe('other weights', () => {
  const { persona, ...others } = waitlistWeights.initial
  const value = { ...others, persona: { ...persona, solo_founder: 30 } }

  test('are tried on paper: who would move, and who would be in the next batch', async () => {
    const size = { isOn: false, size: 1, cadenceHours: 24, cutoffScore: 0 }
    await settings.change(waitlistPlan, { ...byAdmin, value: size })
    await aWaiting('agency')
    await aWaiting('solo_founder')
    await aWaiting('other')
    expect(await experiments.simulate(value)).toEqual({
      people: 3,
      ranked: 3,
      moved: 2,
      byPersona: [
        { persona: 'agency', now: 1, after: 2 },
        { persona: 'other', now: 3, after: 3 },
        { persona: 'solo_founder', now: 2, after: 1 },
      ],
      nextBatch: { stay: 0, leave: 1, enter: 1 },
    })
    expect(await experiments.simulate(waitlistWeights.initial)).toMatchObject({ moved: 0 })
    await expect(experiments.simulate({ ...value, detail: -1 })).rejects.toMatchObject({
      details: { field: 'weights.detail' },
    })
    expect((await settings.get(waitlistWeights)).version).toBe(0)
  })

  test('are estimated by some of very many people, save for the next batch', async () => {
    for (let index = 0; index < 24; index++) {
      await aWaiting(index < 12 ? 'agency' : 'solo_founder')
    }
    const weights = { control: waitlistWeights.initial, trial: waitlistWeights.initial }
    const compared = { now: weights, after: { ...weights, control: value } }
    const { waitlistExperiments } = services.repos
    const size = { batchSize: 16, rankedMax: 12 }
    const { ranked, byPersona, ...counted } = await waitlistExperiments.simulate(compared, size)
    expect(counted).toEqual({
      ...{ people: 24, moved: 24 },
      nextBatch: { stay: 8, leave: 8, enter: 8 },
    })
    expect(ranked).toBeGreaterThan(0)
    expect(ranked).toBeLessThan(24)
    const [agency, founder] = byPersona
    expect(agency?.now).toBeLessThan(founder?.now ?? 0)
    expect(founder?.after).toBeLessThan(agency?.after ?? 0)
  })

  test('are tried on a share of those who join, and compared', async () => {
    const before = await aWaiting('solo_founder')
    clock.advance(1)
    const started = await experiments.start({ weights: value, sharePercent: 90 }, byAdmin)
    await expect(
      experiments.start({ weights: value, sharePercent: 50 }, byAdmin),
    ).rejects.toMatchObject({ code: 'waitlist.experiment_running' })
    const joined = []
    for (let index = 0; index < 24; index++) {
      joined.push(await aWaiting(PERSONAS[index % 2] ?? 'other'))
    }
    const founders = joined.filter((_one, index) => index % 2 === 0)
    const cohorts = joined.map(({ entry }) => cohortOf(entry.id, started.value))
    const scores = founders.map((_one, index) => (cohorts[index * 2] === 'trial' ? 30 : 10))
    expect(founders.map(({ place }) => place.score)).toEqual(scores)
    expect((await waitlist.position(before.entry.id)).score).toBe(10)
    clock.advance(10 * 3_600_000)
    await batches.generate({ size: 3, ...byAdmin })
    const report = await experiments.report()
    expect(report.reduce((sum, one) => sum + one.joined, 0)).toBe(24)
    expect(report.find(({ cohort }) => cohort === 'trial')).toMatchObject({
      joined: cohorts.filter((cohort) => cohort === 'trial').length,
      invited: 3,
      hoursToInvite: 10,
    })
    await experiments.stop(byAdmin)
    for (const { entry } of founders) {
      expect((await waitlist.position(entry.id)).score).toBe(10)
    }
    await expect(experiments.stop(byAdmin)).rejects.toMatchObject({
      code: 'waitlist.experiment_not_running',
    })
  })
})

test('an invitation is found by nobody who only knows the entry', async () => {
  const reader = await confirmed()
  const { codes } = await batches.generate({ size: 1, ...byAdmin })
  expect(await invites.validate({ code: codes[0] ?? '', usedBy: 'somebody' })).toMatchObject({
    reason: 'not_found',
  })
  expect(await invites.validate({ code: codes[0] ?? '', usedBy: reader.id })).toMatchObject({
    isValid: true,
  })
})
