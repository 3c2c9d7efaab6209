import { startSandbox } from '@gramkit/sandbox'
import { eq } from 'drizzle-orm'
import { Api } from 'grammy'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { coreHost, GROWTH_DUE_WORK, GROWTH_SUBSCRIPTIONS, startJobs } from '../../../jobs.ts'
import { DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { openSmtpMailer } from '../../../platform/mail/index.ts'
import { auditEntry, outboxEvent } from '../../../schema.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { emailChannel } from '../../notifications/channels/email.ts'
import { telegramChannel } from '../../notifications/channels/telegram.ts'
import { anyTemplate, sendDueNotifications } from '../../notifications/index.ts'
import { alertEscalatedTemplate, alertOpenedTemplate } from './alert-templates.ts'

const TOKEN = '700000009:AAtest-token-of-a-bot-that-alerts'
const MINUTE_MS = 60_000
const FINE = { churn: 0.1, fraud: 0, engagement: 0.8 }
const OPENED = 'Critical: churn is at 22%, the threshold is 20%.'

const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'alerting_bot', name: 'Bot' }],
  limits: { messagesPerSecond: 1_000, messageBurstPerChat: 1_000 },
})
const clock = new VirtualClock(new Date('2026-07-01T12:00:00.000Z'))
const { platform, services, close } = await testPlatform({
  clock,
  poolSize: 8,
  notifications: {
    templates: [anyTemplate(alertOpenedTemplate), anyTemplate(alertEscalatedTemplate)],
  },
})
const { alerts, qualitySnapshots, repos } = services
const db = platform.database.executor
const jobs = await startJobs({
  ...{ database: platform.database, host: coreHost(platform), roles: [], jobs: [] },
  subscriptions: GROWTH_SUBSCRIPTIONS,
  dueWork: [
    ...GROWTH_DUE_WORK.filter(({ name }) => name !== 'quality.measure_due'),
    sendDueNotifications({
      telegram: telegramChannel(new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })),
      email: emailChannel({
        mailer: openSmtpMailer({ smtpUrl: sandbox.smtpUrl, from: 'Launchpad <app@example.org>' }),
        addressOf: async (id) => (await repos.emails.find(id))?.email,
      }),
    }),
  ],
  logger: { info: () => {}, warn: () => {}, error: () => {} },
})

/** An admin in the sandbox, with an address or without. */
async function anAdmin(role: 'admin' | 'owner', email: string | null) {
  const person = sandbox.control.user(newId(), { language_code: 'en' })
  const { id } = await services.users.getOrCreateFromTelegram({
    id: BigInt(await person.id()),
    ...{ username: null, firstName: 'Ada', lastName: null, languageCode: 'en' },
  })
  await repos.users.update(id, { role })
  if (email) await repos.emails.put({ userId: id, email, verifiedAt: clock.now() })
  return { id, texts: async () => (await person.chat()).map(({ text }) => text ?? '') }
}

const MAILBOX = 'owner@example.org'
const owner = await anAdmin('owner', MAILBOX)
const admin = await anAdmin('admin', null)
const nobody = await anAdmin('admin', null)
await repos.users.update(nobody.id, { role: 'user' })

const mails = async () => (await sandbox.control.mailbox(MAILBOX)).map(({ text }) => text.trim())
const openAlert = async () => (await alerts.list({ isOpen: true })).items[0]
const wait = async (minutes: number) => {
  clock.advance(minutes * MINUTE_MS)
  await jobs.settle()
}

beforeEach(async () => {
  clock.advance(DAY_MS)
  await qualitySnapshots.post(FINE, 'admin')
  await jobs.settle()
})

afterAll(async () => {
  await jobs.close()
  await close()
  await sandbox.close()
})

const bad = () => qualitySnapshots.post({ ...FINE, churn: 0.22 }, 'admin')

describe('a critical alert', () => {
  test('is told in the chats of all who run the app, and again after 5, 15 and 30 minutes', async () => {
    await bad()
    await bad()
    await jobs.settle()
    expect(await admin.texts()).toEqual([OPENED])
    expect(await owner.texts()).toEqual([OPENED])
    expect(await nobody.texts()).toEqual([])
    expect(await mails()).toEqual([])
    await wait(4)
    expect(await admin.texts()).toHaveLength(1)
    // From now on by mail where there is an address.
    const again = [5, 15, 30].map((minutes) => new RegExp(`looked at it for ${minutes} minutes`))
    for (const minutes of [1, 10, 15, 600]) await wait(minutes)
    expect(await admin.texts()).toEqual([
      OPENED,
      ...again.map((text) => expect.stringMatching(text)),
    ])
    expect(await mails()).toEqual(again.map((text) => expect.stringMatching(text)))
    expect(await owner.texts()).toHaveLength(1)
    expect(await openAlert()).toMatchObject({ escalations: 3, nextEscalationAt: null })
  })

  test('is told once for all the times that nobody ran', async () => {
    const before = (await admin.texts()).length
    await bad()
    await jobs.settle()
    await wait(40)
    expect((await admin.texts()).slice(before)).toEqual([
      OPENED,
      expect.stringContaining('for 30 minutes'),
    ])
  })

  test('is not told again once somebody looks at it; who was first stays written down', async () => {
    const before = (await admin.texts()).length
    await bad()
    const id = (await openAlert())?.id ?? ''
    const at = clock.now()
    await alerts.acknowledge({ id, actor: admin.id })
    clock.advance(1_000)
    expect(await alerts.acknowledge({ id, actor: owner.id })).toMatchObject({
      acknowledgedBy: admin.id,
      acknowledgedAt: at,
    })
    await wait(60)
    expect((await admin.texts()).slice(before)).toEqual([OPENED])
    const audit = await db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.subject, `alert:${id}`))
    expect(audit).toMatchObject([{ actor: admin.id, action: 'alert.acknowledged' }])
    await expect(alerts.acknowledge({ id: newId(), actor: 'admin' })).rejects.toMatchObject({
      code: 'kernel.not_found',
    })
  })

  test('is not told again when it is over before anybody sent it', async () => {
    const before = (await admin.texts()).length
    await bad()
    await jobs.settle()
    clock.advance(5 * MINUTE_MS)
    await alerts.escalateDue()
    await qualitySnapshots.post(FINE, 'admin')
    await jobs.settle()
    expect((await admin.texts()).slice(before)).toEqual([OPENED])
  })
})

describe('an alert', () => {
  const eventsOf = (alertId: string) =>
    db.select().from(outboxEvent).where(eq(outboxEvent.subjectId, alertId)).orderBy(outboxEvent.seq)
  const namesOf = async (alertId: string) => (await eventsOf(alertId)).map(({ name }) => name)

  test('that becomes better is resolved and another opened; nothing is open when it is over', async () => {
    await bad()
    const critical = await openAlert()
    await qualitySnapshots.post({ ...FINE, churn: 0.16 }, 'admin')
    const warning = await openAlert()
    expect(warning).toMatchObject({ metric: 'churn', severity: 'warning', threshold: 0.15 })
    expect(warning?.nextEscalationAt).toBeNull()
    await qualitySnapshots.post(FINE, 'admin')
    expect(await openAlert()).toBeUndefined()
    expect(await namesOf(critical?.id ?? '')).toEqual(['alert.opened', 'alert.resolved'])
    expect(await namesOf(warning?.id ?? '')).toEqual(['alert.opened', 'alert.resolved'])
    const { items } = await alerts.list({ limit: 2 })
    expect(items.map(({ severity }) => severity)).toEqual(['warning', 'critical'])
    expect(items.every(({ resolvedAt }) => resolvedAt !== null)).toBe(true)
  })

  test('that is told again tells it once, by whoever escalates at once', async () => {
    await bad()
    const id = (await openAlert())?.id ?? ''
    clock.advance(5 * MINUTE_MS)
    const told = await Promise.all(Array.from({ length: 6 }, () => alerts.escalateDue()))
    expect(told.reduce((sum, count) => sum + count)).toBe(1)
    const escalated = (await eventsOf(id)).filter(({ name }) => name === 'alert.escalated')
    expect(escalated).toMatchObject([{ payload: { alertId: id, minutes: 5 } }])
  })
})
