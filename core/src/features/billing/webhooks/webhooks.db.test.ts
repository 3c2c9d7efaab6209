import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, isAppError, systemClock, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { ApiScope } from '../api-keys/api-key.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import { DELIVERY_ATTEMPTS_MAX } from './webhook-endpoint.ts'
import { forgetOldWebhooks, postDueWebhooks } from './webhooks.jobs.ts'

/** Somebody else's server that remembers all it was told and answers as it is asked to. */
const told: { path: string; headers: Record<string, string>; body: string }[] = []
const statuses: (number | 'no answer')[] = []
let onRequest: () => void = () => {}
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  told.push({ path: String(request.url), headers, body: Buffer.concat(chunks).toString() })
  onRequest()
  const status = statuses.shift() ?? 204
  if (status === 'no answer') request.socket.destroy()
  else response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end('x'.repeat(99))
})
const url = await listening(server)

async function listening(of: Server): Promise<string> {
  await new Promise<void>((resolve) => of.listen(0, '127.0.0.1', resolve))
  const { port } = of.address() as AddressInfo
  return `http://127.0.0.1:${port}/hooks`
}

// The verifying library looks at the real time.
const clock = new VirtualClock(systemClock.now())
const { services, close } = await testPlatform({
  ...{ poolSize: 12, clock, billing: { webhookReach: 'anywhere' } },
})
const careful = await testPlatform({ clock })

beforeEach(() => {
  told.length = 0
  statuses.length = 0
  onRequest = () => {}
})

afterAll(async () => {
  await Promise.all([close(), careful.close()])
  server.close()
})

const bodySchema = z.object({
  type: z.string(),
  version: z.int(),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
})
const bodies = () => told.map(({ body }) => bodySchema.parse(JSON.parse(body)))
function theFirst() {
  const [first] = told
  if (!first) throw new Error('nothing was told')
  return first
}
const idsTold = () => told.map(({ headers }) => headers['webhook-id'])

async function anInvoice(billing: TenantBilling) {
  const { id: customerId } = await aCustomer(billing, { name: 'Пётр Ильич' })
  const lines = [{ title: 'Work', unitPrice: '100' }]
  return billing.invoices.finalize((await billing.invoices.draft({ customerId, lines })).id)
}

/** Posts until nothing is due now. */
async function settle(): Promise<void> {
  while ((await postDueWebhooks.runDue(services)) > 0);
}

async function aReceiver(fields: { readonly events?: string[] } = {}) {
  const billing = await aTenant(services)
  const endpoint = await billing.webhooks.create({ name: 'Books', url, ...fields })
  return { billing, endpoint }
}

async function onlyDelivery(billing: TenantBilling) {
  const { items } = await billing.webhooks.listDeliveries()
  expect(items).toHaveLength(1)
  return billing.webhooks.getDelivery(items[0]?.id ?? '')
}

describe('an event', () => {
  test('is posted to who wants it, signed as another implementation verifies', async () => {
    const { billing, endpoint } = await aReceiver({ events: ['billing.invoice_finalized'] })
    const invoice = await anInvoice(billing)
    await billing.invoices.receive(invoice.id, invoice.total)
    await settle()
    expect(told).toHaveLength(1)
    const { headers, body } = theFirst()
    expect(new Webhook(endpoint.secret).verify(body, headers)).toMatchObject({
      ...{ type: 'billing.invoice_finalized', version: 1, subject: invoice.id },
      data: { tenantId: billing.tenantId, number: 'INV-000001', total: '10000' },
    })
    expect(() => new Webhook(endpoint.secret).verify(body.replace('INV', 'NOT'), headers)).toThrow()
    expect(body).not.toContain('Пётр')
    expect(await onlyDelivery(billing)).toMatchObject({
      ...{ state: 'delivered', attempts: 1, eventId: headers['webhook-id'], body },
      tries: [{ number: 1, status: 204, problem: null }],
    })
  })

  test('is posted once although two workers look, and to each endpoint of its tenant alone', async () => {
    const { billing } = await aReceiver()
    const other = await aReceiver()
    await billing.webhooks.create({ name: 'Second', url: `${url}/second` })
    for (let made = 0; made < 15; made++) await anInvoice(billing)
    const work = async () => {
      for (let round = 0; round < 4; round++) await postDueWebhooks.runDue(services)
    }
    await Promise.all([work(), work()])
    expect(told).toHaveLength(30)
    expect(new Set(idsTold()).size).toBe(15)
    expect(told.filter(({ path }) => path === '/hooks/second')).toHaveLength(15)
    expect(new Set(bodies().map(({ data }) => data['tenantId']))).toEqual(
      new Set([billing.tenantId]),
    )
    expect((await other.billing.webhooks.listDeliveries()).items).toEqual([])
  })

  test('that a worker is about to post is left to it', async () => {
    const { billing } = await aReceiver()
    await anInvoice(billing)
    const now = clock.now()
    const claim = { now, until: addMs(now, 60_000), perEndpoint: 10 }
    const other = services.billing.forTenant(billing.tenantId)
    await billing.transaction(async (tx) => {
      expect(await tx.repos.webhookDeliveries.claim(claim)).toHaveLength(1)
      const late = other.transaction(async (second) => {
        // It would wait for the first one: soon enough is too late.
        await second.core.repos.db.execute(sql`set local lock_timeout = '2s'`)
        return second.repos.webhookDeliveries.claim(claim)
      })
      expect(await late).toEqual([])
    })
    clock.advance(60_000)
    await settle()
    expect(told).toHaveLength(1)
  })

  test('that was rolled back is told to nobody', async () => {
    const { billing } = await aReceiver()
    const torn = billing.transaction(async (tx) => {
      await anInvoice(tx)
      throw new Error('the process is gone')
    })
    await expect(torn).rejects.toThrow('gone')
    await settle()
    expect(told).toEqual([])
  })

  test('that is not taken comes again with its id, waits longer each time and holds up no other', async () => {
    const { billing } = await aReceiver()
    await anInvoice(billing)
    statuses.push(500)
    await settle()
    await anInvoice(billing)
    await settle()
    const [first, second] = idsTold()
    expect(told).toHaveLength(2)
    expect(second).not.toBe(first)
    statuses.push(302, 'no answer')
    clock.advance(30_000)
    await settle()
    clock.advance(59_000)
    await settle()
    expect(told).toHaveLength(3)
    clock.advance(1_000)
    await settle()
    clock.advance(120_000)
    await settle()
    expect(idsTold().filter((id) => id === first)).toHaveLength(4)
    const { items } = await billing.webhooks.listDeliveries({ state: 'delivered' })
    const slow = items.find(({ eventId }) => eventId === first)
    expect(await billing.webhooks.getDelivery(slow?.id ?? '')).toMatchObject({
      tries: [
        { number: 1, status: 500, problem: null },
        { number: 2, status: 302, problem: null },
        { number: 3, status: null, problem: 'no_answer' },
        { number: 4, status: 204, problem: null },
      ],
    })
  })

  test('whose post was torn down comes again, and not while its process may be there', async () => {
    const { billing } = await aReceiver()
    await anInvoice(billing)
    // The receiver has it, and the process that posted it never writes that down.
    const killed = billing.transaction(async (tx) => {
      const now = clock.now()
      const claim = { now, until: addMs(now, 60_000), perEndpoint: 10 }
      return tx.repos.webhookDeliveries.claim(claim)
    })
    expect(await killed).toHaveLength(1)
    await settle()
    expect(told).toEqual([])
    clock.advance(60_000)
    await settle()
    expect(told).toHaveLength(1)
    expect(await onlyDelivery(billing)).toMatchObject({
      ...{ state: 'delivered', attempts: 2 },
      tries: [{ problem: 'unknown' }, { status: 204 }],
    })
  })

  test('that nobody takes is given up, and its endpoint is turned off after five days of it', async () => {
    const { billing, endpoint } = await aReceiver()
    await anInvoice(billing)
    for (let tries = 0; tries < DELIVERY_ATTEMPTS_MAX + 5; tries++) {
      statuses.push(503)
      await settle()
      clock.advance(6 * 3_600_000)
    }
    expect(told).toHaveLength(DELIVERY_ATTEMPTS_MAX)
    expect(await onlyDelivery(billing)).toMatchObject({ state: 'failed', dueAt: null })
    expect(await billing.webhooks.get(endpoint.id)).toMatchObject({ isEnabled: true })
    statuses.splice(0, statuses.length, 503)
    await anInvoice(billing)
    await settle()
    expect(await billing.webhooks.get(endpoint.id)).toMatchObject({
      ...{ isEnabled: false, disabledReason: 'failing' },
    })
    expect(await actionsOf(billing)).toContain('webhook_endpoint.disabled')
    await anInvoice(billing)
    clock.advance(DAY_MS)
    await settle()
    expect(told).toHaveLength(DELIVERY_ATTEMPTS_MAX + 1)
  })

  test('that is answered 410 turns its endpoint off at once, and what waits is given up', async () => {
    const { billing, endpoint } = await aReceiver()
    const invoice = await anInvoice(billing)
    statuses.push(410)
    await settle()
    await billing.invoices.void(invoice.id)
    await settle()
    expect(told).toHaveLength(1)
    expect(await billing.webhooks.get(endpoint.id)).toMatchObject({ disabledReason: 'gone' })
    expect(await onlyDelivery(billing)).toMatchObject({ state: 'failed', attempts: 1 })
  })
})

test('a receiver that takes its time holds up no other tenant', async () => {
  const all = Promise.withResolvers<void>()
  const slow = createServer(async (_request, response) => {
    await all.promise
    response.writeHead(204).end()
  })
  const patient = await aTenant(services)
  const slowUrl = await listening(slow)
  await patient.webhooks.create({ name: 'Slow', url: slowUrl })
  await anInvoice(patient)
  const { billing } = await aReceiver()
  const { id: customerId } = await aCustomer(billing)
  for (let count = 0; count < 25; count++) {
    const { id } = await billing.invoices.draft({
      ...{ customerId, lines: [{ title: 'Work', unitPrice: '1' }] },
    })
    await billing.invoices.finalize(id)
  }
  onRequest = () => {
    if (told.length >= 25) all.resolve()
  }
  try {
    await postDueWebhooks.runDue(services)
    expect(told).toHaveLength(25)
    const { items } = await patient.webhooks.listDeliveries()
    expect(items).toMatchObject([{ state: 'delivered' }])
  } finally {
    slow.close()
  }
}, 40_000)

async function actionsOf(billing: TenantBilling): Promise<string[]> {
  return (await billing.auditTrail.list({ limit: 100 })).items.map(({ action }) => action)
}

describe('a replay', () => {
  test('sends one again under its id, however often it was taken, and counts its tries on', async () => {
    const { billing } = await aReceiver()
    await anInvoice(billing)
    await settle()
    const { id } = await onlyDelivery(billing)
    expect(await billing.webhooks.replay(id)).toMatchObject({ state: 'pending' })
    expect(await billing.webhooks.replay(id)).toMatchObject({ state: 'pending' })
    await settle()
    expect(idsTold()).toEqual([idsTold()[0], idsTold()[0]])
    expect(await onlyDelivery(billing)).toMatchObject({ state: 'delivered', attempts: 2 })
    const replays = (await actionsOf(billing)).filter((each) => each.endsWith('.replayed'))
    expect(replays).toHaveLength(1)
  })

  test('sends all again since a moment, once the endpoint is on', async () => {
    const { billing, endpoint } = await aReceiver()
    await anInvoice(billing)
    await settle()
    clock.advance(1_000)
    const since = clock.now()
    await anInvoice(billing)
    await anInvoice(billing)
    await billing.webhooks.disable(endpoint.id)
    await expect(billing.webhooks.replaySince(endpoint.id, since)).rejects.toMatchObject({
      code: 'billing.webhook_endpoint_disabled',
    })
    await settle()
    expect(told).toHaveLength(1)
    await billing.webhooks.enable(endpoint.id)
    expect(await billing.webhooks.replaySince(endpoint.id, since)).toBe(2)
    expect(await billing.webhooks.replaySince(endpoint.id, since)).toBe(0)
    await settle()
    expect(told).toHaveLength(3)
    expect(new Set(idsTold()).size).toBe(3)
  })
})

describe('an endpoint', () => {
  test('shows its secret when it is made or gets another, and never again', async () => {
    const { billing, endpoint } = await aReceiver()
    const { secret } = await billing.webhooks.rotateSecret(endpoint.id)
    const later = JSON.stringify([
      await billing.webhooks.get(endpoint.id),
      await billing.webhooks.list(),
      await billing.webhooks.update(endpoint.id, { name: 'Renamed' }),
      await billing.auditTrail.list({ limit: 100 }),
    ])
    for (const each of [secret, endpoint.secret]) {
      expect(later).not.toContain(each.slice('whsec_'.length))
    }
    await anInvoice(billing)
    await settle()
    const { headers, body } = theFirst()
    const signed = [secret, endpoint.secret].map((each) =>
      new Webhook(each).sign(headers['webhook-id'] ?? '', clock.now(), body),
    )
    expect(headers['webhook-signature']).toBe(signed.join(' '))
    clock.advance(DAY_MS)
    await anInvoice(billing)
    await settle()
    expect(told[1]?.headers['webhook-signature']).toMatch(/^v1,\S+$/)
  })

  test('that is turned off or removed while its post is under way leaves nothing that waits', async () => {
    const { billing, endpoint } = await aReceiver()
    await anInvoice(billing)
    statuses.push(500)
    const off = Promise.withResolvers<unknown>()
    onRequest = () => off.resolve(billing.webhooks.disable(endpoint.id))
    await settle()
    await off.promise
    expect(await onlyDelivery(billing)).toMatchObject({ state: 'failed' })
    await billing.webhooks.remove(endpoint.id)
    expect((await billing.webhooks.listDeliveries()).items).toEqual([])
    await expect(billing.webhooks.get(endpoint.id)).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('hears of nothing that the key may not read by which it is made', async () => {
    const { billing } = await aReceiver()
    const scopes: ApiScope[] = ['webhooks:write', 'invoices:read']
    const { key } = await billing.apiKeys.create({ name: 'Shop', scopes })
    const grant = await services.billing.authenticate(key)
    const { webhooks } = services.billing.forTenant(billing.tenantId, { actor: 'key', grant })
    await expect(webhooks.create({ name: 'All', url })).rejects.toMatchObject({
      code: 'billing.scope_missing',
    })
    const events = ['billing.invoice_paid']
    const { id } = await webhooks.create({ name: 'Paid', url, events })
    await expect(webhooks.update(id, { events: null })).rejects.toMatchObject({
      code: 'billing.scope_missing',
    })
  })

  test('of others tells a key nothing that the key may not read', async () => {
    const { billing, endpoint } = await aReceiver()
    await anInvoice(billing)
    await settle()
    const { id } = await onlyDelivery(billing)
    const since = addMs(clock.now(), -DAY_MS)
    const scopes: ApiScope[] = ['webhooks:read', 'webhooks:write', 'runs:read']
    const { key } = await billing.apiKeys.create({ name: 'Hooks', scopes })
    const grant = await services.billing.authenticate(key)
    const { webhooks } = services.billing.forTenant(billing.tenantId, { actor: 'key', grant })
    const events = ['billing.run_finished']
    for (const attempt of [
      () => webhooks.getDelivery(id),
      () => webhooks.replay(id),
      () => webhooks.replaySince(endpoint.id, since),
      // What was sent before would be sent again to where it leads then.
      () => webhooks.update(endpoint.id, { url: `${url}/mine`, events }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'billing.scope_missing' })
    }
    expect(await onlyDelivery(billing)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(await billing.webhooks.get(endpoint.id)).toMatchObject({ url, events: null })
  })

  test('is the last of twenty, though more are made at once', async () => {
    const billing = await aTenant(services)
    const made = await Promise.allSettled(
      Array.from({ length: 23 }, () => billing.webhooks.create({ name: 'One', url })),
    )
    const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused.map((error) => isAppError(error) && error.code)).toEqual(
      Array<string>(3).fill('billing.too_many_webhook_endpoints'),
    )
  })

  test.each([
    ['no address at all', 'books'],
    ['http', 'http://books.example.org/'],
    ['a password', 'https://user:password@books.example.org/'],
    ['this machine', 'https://127.0.0.1/'],
    ['this machine, written otherwise', 'https://0x7f.1/'],
    ['this machine by name', 'https://api.localhost/'],
    ['this machine of IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['who knows the keys of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['a network of its own', 'https://10.0.0.8/'],
    ['2,001 characters', `https://books.example.org/${'x'.repeat(1_980)}`],
  ])('is refused for %s', async (_what, address) => {
    const billing = await aTenant(careful.services)
    await expect(billing.webhooks.create({ name: 'Odd', url: address })).rejects.toMatchObject({
      ...{ code: 'kernel.invalid_value', details: { field: 'url' } },
    })
    expect((await billing.webhooks.list()).items).toEqual([])
  })

  test('whose name leads into this machine is not called, though the name looked well', async () => {
    const billing = await aTenant(careful.services)
    const { id } = await billing.webhooks.create({ name: 'Odd', url: 'https://books.example.org/' })
    const { port } = new URL(url)
    await billing.transaction((tx) =>
      tx.repos.webhookEndpoints.update(id, { url: `http://localhost:${port}/hooks` }),
    )
    await anInvoice(billing)
    await postDueWebhooks.runDue(careful.services)
    expect(told).toEqual([])
    expect(await onlyDelivery(billing)).toMatchObject({
      ...{ state: 'pending', tries: [{ status: null, problem: 'address_not_public' }] },
    })
  })
})

test('what is over is forgotten after thirty days, and what waits is not', async () => {
  const { billing } = await aReceiver()
  await anInvoice(billing)
  await settle()
  clock.advance(31 * DAY_MS)
  statuses.push(500)
  await anInvoice(billing)
  await settle()
  while ((await forgetOldWebhooks.runDue(services)) > 0);
  expect((await billing.webhooks.listDeliveries()).items).toMatchObject([{ state: 'pending' }])
})

test('what was told, and when it was tried, is not changed by the application', async () => {
  const { billing } = await aReceiver()
  await anInvoice(billing)
  await settle()
  for (const change of [
    sql`update gramkit.billing_webhook_delivery set body = '{}'`,
    sql`update gramkit.billing_webhook_attempt set at = now()`,
  ]) {
    const changed = billing.transaction(({ core }) => rows(core.repos.db, change, z.unknown()))
    await expect(changed).rejects.toThrow()
  }
})
