import { startSandbox } from '@gramkit/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { CORE_JOBS, CUSTOMER_NOTICES, coreHost, startJobs } from '../../../jobs.ts'
import { AppError, VirtualClock } from '../../../kernel/index.ts'
import { openSmtpMailer } from '../../../platform/mail/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { CustomerInput } from '../customers/customer.ts'
import { fallOverdueInvoices } from '../invoices/invoices.jobs.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import { emailNotifier } from './channels/email.ts'
import type { CustomerNotice } from './notice.ts'

class PostAway extends AppError {
  readonly code = 'test.post_away'
  readonly kind = 'unavailable'

  constructor() {
    super('The post is away', {})
  }
}

const sandbox = await startSandbox({})
const mailer = openSmtpMailer({ smtpUrl: sandbox.smtpUrl, from: 'Books <books@example.org>' })
const byMail = emailNotifier(mailer)
/** What was told, and how often the way there fails or refuses. */
const told: CustomerNotice[] = []
let [failures, refusals] = [0, 0]
const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { platform, services, close } = await testPlatform({
  ...{ clock, poolSize: 8 },
  billing: {
    payUrl: ({ id }) => `https://pay.example.org/${id}`,
    notifications: {
      async send(notice) {
        told.push(notice)
        if (failures > 0) {
          failures--
          throw new PostAway()
        }
        if (refusals > 0) {
          refusals--
          return 'refused'
        }
        return byMail.send(notice)
      },
    },
  },
})
const jobs = await startJobs({
  ...{ database: platform.database, host: coreHost(platform), roles: [] },
  ...{ jobs: CORE_JOBS, subscriptions: CUSTOMER_NOTICES, dueWork: [fallOverdueInvoices] },
  logger: { info: () => {}, warn: () => {}, error: () => {} },
})

afterAll(async () => {
  await jobs.close()
  await close()
  await sandbox.close()
})

let count = 0

async function anInvoice(billing: TenantBilling, fields: Partial<CustomerInput> = {}) {
  const email = `customer-${++count}@example.org`
  const customer = await aCustomer(billing, { email, ...fields })
  const lines = [{ title: 'Work', unitPrice: '1234.5' }]
  const draft = await billing.invoices.draft({ customerId: customer.id, lines })
  const invoice = await billing.invoices.finalize(draft.id)
  const mails = () => sandbox.control.mailbox(email)
  return { invoice, customer, mails }
}

describe('a customer', () => {
  test('hears of the invoice, of what was paid and of what is overdue, once each', async () => {
    const billing = await aTenant(services, { company: 'Acme GmbH' })
    const { invoice, mails } = await anInvoice(billing)
    await jobs.settle()
    await billing.invoices.receive(invoice.id, 23_450n)
    await jobs.settle()
    clock.advance(31 * 86_400_000)
    await jobs.settle()
    const found = await mails()
    expect(found.map(({ subject }) => subject)).toEqual([
      'Invoice INV-000001 of Acme GmbH',
      'Payment for invoice INV-000001 of Acme GmbH',
      'Reminder: invoice INV-000001 of Acme GmbH',
    ])
    const [issued, paid, overdue] = found.map(({ text }) => text.replaceAll('\u00a0', ' '))
    expect(issued).toContain('Hello, John Doe,')
    expect(issued).toContain('over 1,234.50 EUR. Please pay it by 1 March 2028.')
    expect(issued).toContain(`https://pay.example.org/${invoice.id}`)
    expect(paid).toContain('234.50 EUR came for invoice INV-000001. Left to pay: 1,000.00 EUR.')
    expect(overdue).toContain('1,000.00 EUR is left to pay')
  })

  test('hears of it in the language of the tenant’s documents', async () => {
    const billing = await aTenant(services, { name: 'ООО «Ромашка»', language: 'ru' })
    const { mails } = await anInvoice(billing, { name: 'Пётр Ильич Ёжиков' })
    await jobs.settle()
    const [mail] = await mails()
    expect(mail?.subject).toBe('Счёт INV-000001 от ООО «Ромашка»')
    expect(mail?.text).toContain('Здравствуйте, Пётр Ильич Ёжиков,')
  })

  test.each([
    ['en', 'Credit for invoice INV-000001 of Acme', '250.00 EUR of your credit paid for invoice'],
    ['ru', 'Зачёт по счёту INV-000001 от Acme', 'зачтено 250,00 EUR с вашего баланса'],
  ] as const)(
    'hears that credit paid, and not that money came: %s',
    async (language, subject, text) => {
      const billing = await aTenant(services, { name: 'Acme', language })
      const { invoice, customer, mails } = await anInvoice(billing)
      const gift = { customerId: customer.id, currency: 'EUR', amount: 25_000n } as const
      await billing.credit.add({ ...gift, reason: 'grant', source: 'gift' })
      await billing.credit.apply(invoice.id)
      await jobs.settle()
      const found = (await mails()).at(-1)
      expect(found?.subject).toBe(subject)
      expect(found?.text.replaceAll('\u00a0', ' ')).toContain(text)
    },
  )

  test('without an address hears of nothing', async () => {
    const before = told.length
    await anInvoice(await aTenant(services), { email: null })
    await jobs.settle()
    expect(told).toHaveLength(before)
  })

  test('is reminded again on the days of the tenant’s policy', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 0 })
    await billing.dunning.setPolicy({ days: [2], endDay: 3, end: 'nothing' })
    const { mails } = await anInvoice(billing)
    for (let day = 0; day < 5; day++) {
      clock.advance(86_400_000)
      await billing.invoices.fallOverdue()
      await billing.dunning.workDue()
      await jobs.settle()
    }
    const subjects = (await mails()).map(({ subject }) => subject)
    expect(subjects.filter((subject) => subject.startsWith('Reminder'))).toHaveLength(2)
  })

  test('is not reminded of what was paid before the reminder went out', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 1 })
    const { invoice, mails } = await anInvoice(billing)
    await jobs.settle()
    clock.advance(3 * 86_400_000)
    await billing.invoices.fallOverdue()
    await billing.invoices.receive(invoice.id, invoice.total)
    await jobs.settle()
    const subjects = (await mails()).map(({ subject }) => subject)
    expect(subjects.filter((subject) => subject.startsWith('Reminder'))).toEqual([])
    expect(subjects).toHaveLength(2)
  })
})

describe('a way to tell', () => {
  test('that fails is tried again with the same id until it goes through', async () => {
    const { mails } = await anInvoice(await aTenant(services))
    const before = told.length
    failures = 2
    await jobs.settle()
    for (let round = 0; round < 3; round++) {
      clock.advance(10_000)
      await jobs.settle()
    }
    const tries = told.slice(before)
    expect(tries).toHaveLength(3)
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1)
    expect(await mails()).toHaveLength(1)
  })

  test('that can never reach somebody is not tried again, and the audit tells', async () => {
    const billing = await aTenant(services)
    const { invoice } = await anInvoice(billing)
    const before = told.length
    refusals = 1
    await jobs.settle()
    clock.advance(3_600_000)
    await jobs.settle()
    expect(told).toHaveLength(before + 1)
    const { items } = await billing.auditTrail.list()
    expect(items[0]).toMatchObject({ action: 'notice.refused', subject: `invoice:${invoice.id}` })
  })
})

test('nobody is told of an invoice that was rolled back', async () => {
  const billing = await aTenant(services)
  const before = told.length
  const torn = billing.transaction(async (tx) => {
    await anInvoice(tx)
    throw new Error('the process is gone')
  })
  await expect(torn).rejects.toThrow('gone')
  await jobs.settle()
  expect(told).toHaveLength(before)
})
