import formbody from '@fastify/formbody'
import {
  type BillingService,
  type DocumentPrinter,
  type InvoiceFacts,
  invoiceOfToken,
  type ShownInvoice,
} from '@gramkit/core/billing'
import { limitByNetwork } from '@gramkit/core/http'
import {
  InvalidValue,
  isAppError,
  type Language,
  languageOf,
  NotFound,
  newId,
  parseDecimal,
} from '@gramkit/core/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  leavePage,
  PAY_CSP,
  type PayNotice,
  type PayPage,
  payPage,
  unknownPage,
} from './pay-page.ts'

/** What the pages need on which invoices are shown and paid. */
export interface PayPagesOptions {
  readonly billing: Pick<BillingService, 'forTenant'>
  readonly printer: DocumentPrinter
  /** What the tokens of links follow from. */
  readonly secret: string
  /** The pages' address, before the token. */
  readonly url: string
}

/** An invoice that a token shows. */
interface Shown {
  readonly of: ShownInvoice
  readonly facts: InvoiceFacts
}

/** Who has a link looks at it as often as they like; who tries tokens does not get far. */
const LOOKS = { limit: 120, perMs: 60_000 }
const STARTS = { limit: 20, perMs: 60_000 }

/** How often a page asks by itself whether the payment has come: quickly at first, for a minute. */
const QUICK_LOOKS = 5
const LOOKS_AFTER_PAYMENT = 20
const SECONDS = { quick: 1, slow: 4 } as const

const params = z.object({ token: z.string() })
/** Where a provider leads back to; whatever else stands there shows the page as it is. */
const query = z.object({
  payment: z.uuid().optional().catch(undefined),
  look: z.coerce.number().int().min(1).max(1_000).catch(1),
})
const form = z.object({
  paymentId: z.uuid(),
  gateway: z.string().min(1).max(64),
  amount: z.string().max(20).default(''),
  /** Asked for where a receipt has nowhere to go. */
  email: z.string().max(320).optional(),
})

/** What says that a receipt has to go somewhere, and not where. */
const CONTACT_WANTED = new Set(['receipts.contact_required', 'receipts.contact_invalid'])

/**
 * Pages by which whoever has the link of an invoice sees it and pays it. They run no script, and a
 * wrong link is answered alike whatever is wrong with it. Register below the address of the pages.
 */
export function payPages(options: PayPagesOptions): FastifyPluginAsyncZod {
  const { billing, printer, secret, url } = options

  const shown = async (token: string): Promise<Shown | undefined> => {
    const of = invoiceOfToken(token, secret)
    if (!of) return undefined
    try {
      const facts = await billing.forTenant(of.tenantId).invoices.document(of.id)
      return facts.status === 'draft' ? undefined : { of, facts }
    } catch (error) {
      if (error instanceof NotFound) return undefined
      throw error
    }
  }

  const pageOf = async (
    token: string,
    { of, facts }: Shown,
    rest: Partial<PayPage> = {},
  ): Promise<string> => {
    const gateways = await billing.forTenant(of.tenantId).payments.gateways(of.id)
    return payPage({ facts, token, gateways, paymentId: newId(), ...rest })
  }

  /** What became of the payment that somebody comes back from; nothing for that of another invoice. */
  const noticeOf = async (
    of: ShownInvoice,
    paymentId: string,
    look: number,
  ): Promise<PayNotice | undefined> => {
    const payments = await billing.forTenant(of.tenantId).payments.list(of.id)
    const state = payments.find(({ id }) => id === paymentId)?.state
    if (state !== 'open') return state
    return look <= LOOKS_AFTER_PAYMENT ? 'confirming' : 'unconfirmed'
  }

  return async (app) => {
    await app.register(formbody)

    app.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', PAY_CSP)
      // The address is all that it takes to see the page.
      reply.header('referrer-policy', 'no-referrer')
      reply.header('x-robots-tag', 'noindex')
      reply.header('cache-control', 'no-store')
    })

    app.get(
      '/:token',
      {
        onRequest: limitByNetwork('billing.pay.look', LOOKS),
        schema: { hide: true, params, querystring: query },
      },
      async (request, reply) => {
        const { token } = request.params
        const found = await shown(token)
        if (!found) return unknown(reply, languageIn(request))
        const { payment, look } = request.query
        const notice = payment && (await noticeOf(found.of, payment, look))
        const page = {
          ...(notice ? { notice } : {}),
          ...(notice === 'confirming' && payment ? { next: nextLook(token, payment, look) } : {}),
        }
        return html(reply, await pageOf(token, found, page))
      },
    )

    app.get(
      '/:token/invoice.pdf',
      { onRequest: limitByNetwork('billing.pay.look', LOOKS), schema: { hide: true, params } },
      async (request, reply) => {
        const found = await shown(request.params.token)
        if (!found) return unknown(reply, languageIn(request))
        const name = encodeURIComponent(found.facts.number ?? 'invoice')
        const bytes = await printer.print(found.facts)
        return reply
          .type('application/pdf')
          .header('content-disposition', `attachment; filename="${name}.pdf"`)
          .send(Buffer.from(bytes))
      },
    )

    app.post(
      '/:token',
      {
        onRequest: limitByNetwork('billing.pay.start', STARTS),
        schema: { hide: true, params, body: form },
      },
      async (request, reply) => {
        const { token } = request.params
        const found = await shown(token)
        if (!found) return unknown(reply, languageIn(request))
        const { of, facts } = found
        const { paymentId: id, gateway, email } = request.body
        const amount = amountIn(request.body.amount, facts)
        if (amount === 'wrong') {
          return html(reply.code(422), await pageOf(token, found, { notice: 'wrongAmount' }))
        }
        const back = `${url}${token}?payment=${id}`
        const caller = { actor: 'payer', requestId: request.id }
        try {
          const { confirmationUrl } = await billing.forTenant(of.tenantId, caller).payments.start({
            ...{ id, invoiceId: of.id, gateway, amount, returnUrl: back },
            ...(email === undefined ? {} : { contact: { email } }),
          })
          // Its answer was lost: the kit asks again by itself.
          if (confirmationUrl === null) return reply.redirect(back, 303)
          return html(reply, leavePage(facts.language, confirmationUrl))
        } catch (error) {
          // What refuses a payment is the payer's to read, on the page where they can try again.
          if (!isAppError(error)) throw error
          if (CONTACT_WANTED.has(error.code)) {
            const page = await pageOf(token, found, { notice: 'contactNeeded' })
            return html(reply.code(422), page)
          }
          request.log.warn({ err: error }, 'A payment of an invoice did not start')
          const now = (await shown(token)) ?? found
          return html(reply.code(409), await pageOf(token, now, { notice: 'failed' }))
        }
      },
    )
  }
}

/** Where a page leads by itself while a payment is open. */
function nextLook(token: string, paymentId: string, look: number): PayPage['next'] {
  return {
    url: `${token}?payment=${paymentId}&look=${look + 1}`,
    seconds: look <= QUICK_LOOKS ? SECONDS.quick : SECONDS.slow,
  }
}

/** What somebody typed as a part of what is left; undefined for all of it. */
function amountIn(typed: string, { currency, due }: InvoiceFacts): bigint | 'wrong' | undefined {
  const text = typed.replaceAll(/\s/g, '').replace(',', '.')
  if (text === '') return undefined
  try {
    const { amount } = parseDecimal(text, currency)
    return amount > 0n && amount <= due ? amount : 'wrong'
  } catch (error) {
    if (error instanceof InvalidValue) return 'wrong'
    throw error
  }
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page)
}

function unknown(reply: FastifyReply, language: Language): FastifyReply {
  return html(reply.code(404), unknownPage(language))
}

/** Of no invoice is known in which language to speak. */
function languageIn({ headers }: FastifyRequest): Language {
  return languageOf({ languageCode: headers['accept-language']?.split(/[,;]/)[0] })
}
