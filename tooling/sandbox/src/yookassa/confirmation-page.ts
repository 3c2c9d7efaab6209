import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Payment } from './objects.ts'
import type { Yookassa } from './yookassa.ts'
import { YookassaError } from './yookassa-error.ts'

const actionSchema = z.object({
  action: z.enum([
    'pay',
    'decline',
    'three_d_secure',
    'three_d_secure_pass',
    'three_d_secure_fail',
  ]),
})

const STYLE = `
  body { font: 16px/1.4 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #1d1d1f }
  main { max-width: 22rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 1rem }
  h1 { font-size: 2rem; margin: .25rem 0 }
  p { margin: .25rem 0 1.25rem; color: #555 }
  button, a.back { display: block; box-sizing: border-box; width: 100%; margin-top: .75rem;
    padding: .9rem; border: 0; border-radius: .75rem; font: inherit; text-align: center;
    text-decoration: none; cursor: pointer; background: #e9eaee; color: inherit }
  button.main { background: #5b3df5; color: #fff }`

/** The page on which the buyer pays, declines, or passes 3-D Secure. */
export async function confirmationPage(
  app: FastifyInstance,
  options: { readonly context: SandboxContext; readonly yookassa: Yookassa },
): Promise<void> {
  const { context, yookassa } = options
  const { payments } = yookassa
  await app.register(formbody)

  // Only the way back is known beforehand, so the page may be left for anywhere, and runs no script.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  })
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof YookassaError ? error.status : 500
    return reply.code(status).type('text/html').send(wrap('<p>There is no such payment.</p>'))
  })

  app.get<{ Params: { id: string } }>('/:id', async (request, reply) => {
    const { payment } = payments.get(request.params.id)
    return reply.type('text/html').send(render(payment, actions(payment.status)))
  })

  app.post<{ Params: { id: string } }>('/:id', async (request, reply) => {
    const { action } = actionSchema.parse(request.body)
    const { id } = request.params
    const { payment } = payments.get(id)
    if (action === 'three_d_secure') {
      return reply.type('text/html').send(render(payment, threeDSecure))
    }
    if (payment.status === 'pending') {
      context.store.transaction(() => {
        if (action === 'pay') payments.succeed(id)
        else if (action === 'decline') payments.decline(id)
        else if (action === 'three_d_secure_pass') payments.succeed(id, { withThreeDSecure: true })
        else payments.decline(id, '3d_secure_failed')
      })
    }
    const back = payment.confirmation?.return_url
    return back ? reply.redirect(back, 303) : reply.redirect(request.url, 303)
  })
}

const buttons = `
  <button class="main" name="action" value="pay">Pay</button>
  <button name="action" value="three_d_secure">3-D Secure</button>
  <button name="action" value="decline">Decline</button>`

const threeDSecure = `
  <p>Your bank asks you to confirm the payment.</p>
  <button class="main" name="action" value="three_d_secure_pass">Confirm</button>
  <button name="action" value="three_d_secure_fail">Refuse</button>`

function actions(status: Payment['status']): string {
  return status === 'pending' ? buttons : `<p>This payment is ${status.replaceAll('_', ' ')}.</p>`
}

function render(payment: Payment, form: string): string {
  const { amount, description = '', recipient } = payment
  return wrap(`
    <p>YooKassa, test shop ${escapeHtml(recipient.account_id)}</p>
    <h1>${escapeHtml(amount.value)} ${escapeHtml(amount.currency)}</h1>
    <p>${escapeHtml(description)}</p>
    <form method="post">${form}</form>`)
}

function wrap(content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>YooKassa sandbox</title><style>${STYLE}</style><main>${content}</main></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
