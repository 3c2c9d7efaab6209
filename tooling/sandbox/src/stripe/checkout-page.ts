import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { formatMinor } from './currencies.ts'
import type { StoredSession } from './sessions.ts'
import type { Stripe } from './stripe.ts'
import { StripeError } from './stripe-error.ts'

const actionSchema = z.object({
  action: z.enum([
    'pay',
    'decline',
    'close',
    'three_d_secure',
    'three_d_secure_pass',
    'three_d_secure_fail',
  ]),
})

const STYLE = `
  body { font: 16px/1.4 system-ui, sans-serif; margin: 0; background: #f6f9fc; color: #1a1f36 }
  main { max-width: 22rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 1rem }
  h1 { font-size: 2rem; margin: .25rem 0 }
  p { margin: .25rem 0 1.25rem; color: #4f566b }
  p.failure { color: #a41c4e }
  button { display: block; box-sizing: border-box; width: 100%; margin-top: .75rem; padding: .9rem;
    border: 0; border-radius: .75rem; font: inherit; cursor: pointer; background: #e9eaee; color: inherit }
  button.main { background: #635bff; color: #fff }`

/** The page on which somebody pays, is declined, passes 3-D Secure, or goes back. */
export async function checkoutPage(
  app: FastifyInstance,
  options: { readonly context: SandboxContext; readonly stripe: Stripe },
): Promise<void> {
  const { context, stripe } = options
  const { sessions, payments } = stripe
  await app.register(formbody)

  // Only the way back is known beforehand, so the page may be left for anywhere, and runs no script.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  })
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof StripeError ? error.status : 500
    return reply.code(status).type('text/html').send(wrap('<p>There is no such payment.</p>'))
  })

  app.get<{ Params: { id: string } }>('/:id', async (request, reply) => {
    return reply.type('text/html').send(show(request.params.id))
  })

  app.post<{ Params: { id: string } }>('/:id', async (request, reply) => {
    const { action } = actionSchema.parse(request.body)
    const { id } = request.params
    const { object } = sessions.get(id)
    const back = object.cancel_url ?? object.success_url
    if (action === 'close') return reply.redirect(back, 303)
    if (object.status !== 'open') return reply.redirect(object.success_url, 303)
    context.store.transaction(() => {
      if (action === 'pay' || action === 'three_d_secure_pass') sessions.pay(id)
      else if (action === 'three_d_secure') sessions.askToAuthenticate(id)
      else if (action === 'decline') sessions.decline(id)
      else sessions.decline(id, 'authentication_required')
    })
    const isPaid = sessions.get(id).object.status === 'complete'
    return reply.redirect(isPaid ? object.success_url : request.url, 303)
  })

  function show(id: string): string {
    const session = sessions.get(id)
    const { payment_intent, status } = session.object
    if (status !== 'open') return render(session, `<p>This page is ${status}.</p>`)
    const intent = payment_intent ? payments.intents.get(payment_intent).object : undefined
    if (intent?.status === 'requires_action') return render(session, threeDSecure)
    const failure = intent?.last_payment_error
    const why = failure ? `<p class="failure">${escapeHtml(failure.message)}</p>` : ''
    return render(session, why + buttons)
  }
}

const buttons = `
  <button class="main" name="action" value="pay">Pay</button>
  <button name="action" value="three_d_secure">3-D Secure</button>
  <button name="action" value="decline">Decline</button>
  <button name="action" value="close">Close</button>`

const threeDSecure = `
  <p>Your bank asks you to confirm the payment.</p>
  <button class="main" name="action" value="three_d_secure_pass">Confirm</button>
  <button name="action" value="three_d_secure_fail">Refuse</button>`

function render({ accountId, object, title }: StoredSession, form: string): string {
  const { amount_total, currency } = object
  const price = `${formatMinor(amount_total, currency)} ${currency.toUpperCase()}`
  return wrap(`
    <p>Stripe, test account ${escapeHtml(accountId)}</p>
    <h1>${escapeHtml(price)}</h1>
    <p>${escapeHtml(title)}</p>
    <form method="post">${form}</form>`)
}

function wrap(content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stripe sandbox</title><style>${STYLE}</style><main>${content}</main></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
