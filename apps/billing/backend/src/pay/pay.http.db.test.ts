import { type Invoice, invoiceToken, type TenantBilling } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CODE_SECRET,
  type RunningBilling,
  startRunningBilling,
} from '../testing/running-billing.ts'

let billing: RunningBilling
let tenant: TenantBilling
let customerId: string

beforeAll(async () => {
  billing = await startRunningBilling()
  const made = await billing.tenant({ currency: 'RUB' })
  tenant = billing.served().app.platform.services.billing.forTenant(made.tenant.id)
  customerId = (await tenant.customers.create({ code: 'ADA', name: 'Ada <Lovelace>' })).id
})
afterAll(() => billing[Symbol.asyncDispose]())

async function anInvoice(): Promise<Invoice> {
  const lines = [{ title: 'Installation', unitPrice: '100' }]
  const { id } = await tenant.invoices.draft({ customerId, lines })
  return tenant.invoices.finalize(id)
}

/** Sends the page's form, as a browser does. */
function pay(invoice: Invoice, form: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ paymentId: newId(), gateway: 'yookassa', ...form })
  return ask(pathOf(invoice), { method: 'POST', body })
}

const paymentsOf = (invoice: Invoice) => tenant.payments.list(invoice.id)

const pathOf = (invoice: Invoice) => `/billing/pay/${invoiceToken(invoice, CODE_SECRET)}`

/** Asks from a network of its own: what others asked for counts for nothing. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  networks += 1
  const from = `10.${networks >> 8}.${networks & 255}.1`
  return fetch(`${billing.url}${path}`, {
    ...init,
    redirect: 'manual',
    headers: { 'x-forwarded-for': from, ...init.headers },
  })
}
let networks = 0

describe('the page of an invoice', () => {
  test('shows it to whoever has the link, as a page that runs nothing and is kept nowhere', async () => {
    const invoice = await anInvoice()
    const response = await ask(pathOf(invoice))
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(page).toContain(invoice.number)
    expect(page).toContain('To pay: 100.00\u00a0RUB')
    expect(page).toContain('Ada &lt;Lovelace&gt;')
    expect(page).not.toContain('<script')
    const csp = response.headers.get('content-security-policy')
    expect(csp).toContain("default-src 'none'")
    expect(csp).toContain("form-action 'self'")
    expect(csp).not.toContain('unsafe')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('offers the gateways that take its currency, and no others', async () => {
    const page = await (await ask(pathOf(await anInvoice()))).text()
    const offered = [...page.matchAll(/name="gateway" value="([^"]+)"/g)].map(([, name]) => name)
    expect(offered).toEqual(['yookassa', 'stripe'])
  })

  test('says that there is nothing to pay once it is void or paid', async () => {
    const voided = await anInvoice()
    await tenant.invoices.void(voided.id)
    const paid = await anInvoice()
    await tenant.invoices.receive(paid.id, paid.total)
    for (const [invoice, words] of [
      [voided, 'This invoice is void'],
      [paid, 'Paid. Thank you.'],
    ] as const) {
      const page = await (await ask(`${pathOf(invoice)}?payment=${newId()}`)).text()
      expect(page).toContain(words)
      expect(page).not.toContain('<form')
      expect(page).not.toContain('http-equiv="refresh"')
    }
  })

  test('is there as a PDF', async () => {
    const invoice = await anInvoice()
    const response = await ask(`${pathOf(invoice)}/invoice.pdf`)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toContain(`"${invoice.number}.pdf"`)
    expect((await response.text()).slice(0, 5)).toBe('%PDF-')
  })
})

describe('paying on the page', () => {
  test('leads on to the provider, once for each page however often it is sent', async () => {
    const invoice = await anInvoice()
    const paymentId = newId()
    const sent = await Promise.all([1, 2, 3].map(() => pay(invoice, { paymentId })))
    const pages = await Promise.all(sent.map((response) => response.text()))
    for (const page of pages) expect(page).toMatch(/http-equiv="refresh" content="0;url=http/)
    expect(new Set(pages).size).toBe(1)
    expect(await paymentsOf(invoice)).toMatchObject([{ id: paymentId, amount: 10_000n }])
  })

  test('asks for the part that was typed, as people type it', async () => {
    const invoice = await anInvoice()
    expect((await pay(invoice, { amount: '12,5' })).status).toBe(200)
    expect(await paymentsOf(invoice)).toMatchObject([{ amount: 1_250n }])
  })

  test.each(['0', '-5', '100.01', '1.001', 'ten', '1e1'])(
    'starts nothing for %s',
    async (amount) => {
      const invoice = await anInvoice()
      const response = await pay(invoice, { amount })
      expect(response.status).toBe(422)
      expect(await response.text()).toContain('no more than what is left')
      expect(await paymentsOf(invoice)).toEqual([])
    },
  )

  test('says on the page what does not start, and how the invoice stands now', async () => {
    const invoice = await anInvoice()
    const unknown = await pay(invoice, { gateway: 'nobody' })
    expect([unknown.status, await unknown.text()]).toEqual([
      409,
      expect.stringContaining('could not be started'),
    ])
    await tenant.invoices.void(invoice.id)
    const late = await pay(invoice, {})
    expect([late.status, await late.text()]).toEqual([
      409,
      expect.stringContaining('This invoice is void'),
    ])
    expect(await paymentsOf(invoice)).toEqual([])
  })

  test('looks for the payment by itself for a minute, and then says that none has come', async () => {
    const invoice = await anInvoice()
    const paymentId = newId()
    await pay(invoice, { paymentId })
    const path = `${pathOf(invoice)}?payment=${paymentId}`
    const first = await (await ask(path)).text()
    expect(first).toContain('Your payment is being confirmed')
    expect(first).toContain('content="1;url=')
    expect(first).toContain('&amp;look=2"')
    const last = await (await ask(`${path}&look=21`)).text()
    expect(last).toContain('No payment has been confirmed yet')
    expect(last).not.toContain('http-equiv="refresh"')
    // That of another invoice says nothing here.
    const other = await (await ask(`${pathOf(await anInvoice())}?payment=${paymentId}`)).text()
    expect(other).not.toContain('confirmed')
  })

  test.each([
    ['pay', 'Your payment has come'],
    ['decline', 'The payment did not go through'],
  ])('says what came of it when somebody comes back: %s', async (action, words) => {
    const invoice = await anInvoice()
    const paymentId = newId()
    const started = await (await pay(invoice, { paymentId, amount: '40' })).text()
    const [, provider = ''] = /class="button" href="([^"]+)"/.exec(started) ?? []
    const body = new URLSearchParams({ action })
    const back = await fetch(provider, { method: 'POST', body, redirect: 'manual' })
    expect(back.headers.get('location')).toContain(`${pathOf(invoice)}?payment=${paymentId}`)
    const page = async () => (await ask(`${pathOf(invoice)}?payment=${paymentId}`)).text()
    await expect.poll(page, { timeout: 15_000 }).toContain(words)
    const left = action === 'pay' ? 'To pay: 60.00' : 'To pay: 100.00'
    expect(await page()).toContain(left)
  })

  test('needs a good link as well', async () => {
    const body = new URLSearchParams({ paymentId: newId(), gateway: 'yookassa' })
    expect((await ask('/billing/pay/nothing', { method: 'POST', body })).status).toBe(404)
  })
})

test('whatever is wrong with a link, the answer is the same', async () => {
  const invoice = await anInvoice()
  const draft = await tenant.invoices.draft({ customerId, lines: [{ title: 'A', unitPrice: '1' }] })
  const other = await billing.tenant()
  const wrong = [
    'nothing',
    invoice.id,
    invoiceToken(invoice, 'another secret of at least thirty-two characters'),
    invoiceToken({ ...invoice, id: newId() }, CODE_SECRET),
    invoiceToken({ ...invoice, tenantId: other.tenant.id }, CODE_SECRET),
    invoiceToken(draft, CODE_SECRET),
  ]
  const answers = new Set<string>()
  for (const token of wrong) {
    for (const path of [token, `${token}/invoice.pdf`]) {
      const response = await ask(`/billing/pay/${path}`)
      answers.add(`${response.status} ${await response.text()}`)
    }
  }
  expect(answers.size).toBe(1)
  expect([...answers][0]).toMatch(/^404 .*There is no such page/s)
  const russian = await ask('/billing/pay/nothing', {
    headers: { 'accept-language': 'ru,en;q=0.9' },
  })
  expect(await russian.text()).toContain('Такой страницы нет')
})

test('nobody tries many tokens', async () => {
  const from = { headers: { 'x-forwarded-for': '192.0.2.7' } }
  const begun = performance.now()
  const tries = Array.from({ length: 200 }, () => ask(`/billing/pay/${newId()}`, from))
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  const seconds = Math.ceil((performance.now() - begun) / 1_000)
  // 120 at once, and two more in each second that the tries took.
  const looked = statuses.filter((status) => status !== 429).length
  expect(looked).toBeLessThanOrEqual(120 + 2 * seconds)
})
