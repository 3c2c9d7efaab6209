import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import { Activity } from './activity.ts'
import { SandboxClock } from './clock/clock.ts'
import { ClockMover, type DueWork } from './clock/clock-mover.ts'
import { Platforms } from './clock/platforms.ts'
import type { SandboxContext } from './context.ts'
import { controlRoutes } from './control/control.http.ts'
import { SandboxControl } from './control/sandbox-control.ts'
import { Deliveries } from './delivery/deliveries.ts'
import { Faults } from './faults.ts'
import { Mailboxes } from './mail/mailbox.ts'
import { startSmtp } from './mail/smtp.ts'
import { type SandboxOptions, sandboxOptionsSchema } from './options.ts'
import { Store } from './store/store.ts'
import { checkoutPage } from './stripe/checkout-page.ts'
import { stripeRoutes } from './stripe/stripe.http.ts'
import { openStripe } from './stripe/stripe.ts'
import { telegramRoutes } from './telegram/telegram.http.ts'
import { openTelegram } from './telegram/telegram.ts'
import { confirmationPage } from './yookassa/confirmation-page.ts'
import { yookassaRoutes } from './yookassa/yookassa.http.ts'
import { openYookassa } from './yookassa/yookassa.ts'

/** The port is taken. */
export class PortTaken extends Error {
  constructor(host: string, port: number) {
    super(`The sandbox cannot listen on ${host}:${port}: the port is taken`)
  }
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** Origin of everything it serves, such as `http://127.0.0.1:8081`. */
  readonly url: string
  readonly port: number
  /** Where mails are handed in, such as `smtp://127.0.0.1:8025`. */
  readonly smtpUrl: string
  readonly control: SandboxControl
  /** Stops it; what is kept is there again at the next start. */
  close(): Promise<void>
}

/** How often the sandbox looks for renewals and expiries while its clock runs by itself. */
const TICK_MS = 500
const MAX_BODY_BYTES = 10 * 1_024 * 1_024

/** Starts a sandbox and resolves when it listens. */
export async function startSandbox(input: SandboxOptions = {}): Promise<Sandbox> {
  const options = sandboxOptionsSchema.parse(input)
  const store = new Store(options.dataDir)
  const clock = new SandboxClock(store)
  const activity = new Activity(clock)
  const faults = new Faults(store)
  const deliveries = new Deliveries({ store, clock, activity, faults, limits: options.limits })
  let url = ''
  const context: SandboxContext = {
    store,
    clock,
    activity,
    deliveries,
    faults,
    limits: options.limits,
    bots: options.bots,
    shops: options.shops,
    stripeAccounts: options.stripeAccounts,
    publicUrl: () => options.publicUrl ?? url,
  }
  const telegram = openTelegram(context)
  const yookassa = openYookassa(context)
  const stripe = openStripe(context)
  const work: DueWork = {
    nextDue() {
      const { payments, refunds, receipts } = yookassa
      const due = [telegram.subscriptions, payments, refunds, receipts, stripe].map((part) =>
        part.nextDue(),
      )
      return due.reduce((a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)), null)
    },
    doDue: () =>
      telegram.subscriptions.renewDue() +
      yookassa.payments.settleDue() +
      yookassa.refunds.settleDue() +
      yookassa.registerDue() +
      stripe.settleDue(),
    quiet: () => deliveries.quiet(),
  }
  const mailboxes = new Mailboxes({ store, clock, activity })
  const platforms = new Platforms(activity)
  const mover = new ClockMover({ clock, platforms, work, activity })
  const closing = new AbortController()

  const app = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true })
  acceptEmptyJson(app)
  await app.register(telegramRoutes, {
    prefix: '/sandbox/telegram',
    context,
    telegram,
    closing: closing.signal,
  })
  await app.register(yookassaRoutes, { prefix: '/sandbox/yookassa/v3', context, yookassa })
  await app.register(confirmationPage, { prefix: '/sandbox/yookassa/confirm', context, yookassa })
  // Stripe's SDK takes a host and a port, and no path before its own.
  await app.register(stripeRoutes, { prefix: '/v1', context, stripe })
  await app.register(checkoutPage, { prefix: '/sandbox/stripe/checkout', context, stripe })
  await app.register(controlRoutes, {
    prefix: '/sandbox/api',
    context,
    telegram,
    yookassa,
    stripe,
    mailboxes,
    mover,
    platforms,
  })
  await app.register(fastifyStatic, { root: pageFolder(), prefix: '/sandbox/' })
  app.get('/sandbox', (_request, reply) => reply.redirect('/sandbox/'))

  const { host } = options
  try {
    await app.listen({ host, port: options.port })
  } catch (error) {
    store.close()
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw isTaken ? new PortTaken(host, options.port) : error
  }
  const { port } = addressOf(app)
  const hostname = host.includes(':') ? `[${host}]` : host
  url = `http://${hostname}:${port}`
  const smtp = await startSmtp(context, mailboxes, host)
  deliveries.startAll()
  const ticker = setInterval(() => {
    if (!clock.state().frozen) work.doDue()
  }, TICK_MS)

  const close = async (): Promise<void> => {
    if (closing.signal.aborted) return
    closing.abort()
    clearInterval(ticker)
    telegram.checkout.close()
    deliveries.close()
    await smtp.close()
    await app.close()
    clock.save()
    store.close()
  }
  return {
    url,
    port,
    smtpUrl: `smtp://${hostname}:${smtp.port}`,
    control: new SandboxControl(url),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Clients say JSON and send nothing; that is an empty body, not an error. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    return parse(request, String(body), done)
  })
}

function pageFolder(): string {
  const built = fileURLToPath(new URL('../page/dist', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('../page', import.meta.url))
}

function addressOf(app: FastifyInstance): AddressInfo {
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port')
  return address
}
