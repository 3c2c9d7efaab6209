import { createHash } from 'node:crypto'
import {
  DOCUMENT_STYLE,
  dayText,
  documentArticle,
  escapedHtml,
  type InvoiceFacts,
  moneyText,
} from '@gramkit/core/billing'
import { formatDecimal, type Language } from '@gramkit/core/kernel'
import { type PayTexts, payTexts } from './pay-texts.ts'

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;background:#eef0f3;color:#1c2430;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:56rem;margin:0 auto;padding:1rem}
.panel{margin-bottom:1rem;padding:1.25rem;border-radius:.75rem;background:#fff;box-shadow:0 0 0 1px #d7dce3;overflow-wrap:anywhere}
.panel h1{margin:0;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums}
.panel p{margin:.5rem 0 0}
.panel.good{box-shadow:0 0 0 2px #1d7a46}
.panel.bad{box-shadow:0 0 0 2px #a33a2a}
.ways{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
.ways>*{flex:1 1 14rem}
.button{box-sizing:border-box;padding:.8rem 1.25rem;border:0;border-radius:.5rem;background:#1f5fbf;color:#fff;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button.quiet{flex-grow:0;background:none;color:#1f5fbf;box-shadow:inset 0 0 0 1px currentColor}
.button:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid #7aa7ee;outline-offset:2px}
details{margin-top:1rem}
summary{cursor:pointer;color:#5b6675}
label{display:block;margin-top:.75rem;font-weight:600}
input{box-sizing:border-box;display:block;width:100%;max-width:16rem;margin-top:.25rem;padding:.6rem .75rem;border:1px solid #8a94a3;border-radius:.5rem;background:transparent;color:inherit;font:inherit}
.hint{color:#5b6675;font-size:.9rem}
.document{border-radius:.75rem;box-shadow:0 0 0 1px #d7dce3}
@media (prefers-color-scheme:dark){
body{background:#15181d;color:#e8ebf0}
.panel{background:#20252c;box-shadow:0 0 0 1px #39414c}
.button.quiet{color:#8db6f7}
summary,.hint{color:#a3adba}
.document{color-scheme:light;box-shadow:none}
}
@media print{.panel{display:none}body{background:#fff}main{padding:0}.document{box-shadow:none}}
`

/** What the pages may do: look like they do, and send their own form. */
export const PAY_CSP = [
  "default-src 'none'",
  'img-src data:',
  `style-src ${[STYLE, DOCUMENT_STYLE].map((style) => `'sha256-${hashOf(style)}'`).join(' ')}`,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** What became of a payment that was started here. */
export type PayNotice =
  | 'confirming'
  | 'unconfirmed'
  | 'received'
  | 'closed'
  | 'wrongAmount'
  | 'contactNeeded'
  | 'failed'

/** An invoice, and how it can be paid. */
export interface PayPage {
  readonly facts: InvoiceFacts
  /** The last part of the page's own address. */
  readonly token: string
  /** Names of gateways that take its currency. */
  readonly gateways: readonly string[]
  /** Id of the payment that is started, so that what is sent twice is one. */
  readonly paymentId: string
  readonly notice?: PayNotice | undefined
  /** Where the page leads by itself, and after how many seconds. */
  readonly next?: { readonly url: string; readonly seconds: number } | undefined
}

/** The page on which somebody sees an invoice and pays it. */
export function payPage(page: PayPage): string {
  const { facts, next } = page
  const refresh = next === undefined ? '' : refreshTo(next.url, next.seconds)
  return wrapped(
    { language: facts.language, title: facts.number ?? '', head: refresh },
    `${panel(page)}${documentArticle({ ...facts, payUrl: null })}`,
  )
}

/**
 * Leads on to the provider's page. A redirect in answer to a form is held to `form-action`, and where
 * providers send people nobody knows beforehand.
 */
export function leavePage(language: Language, url: string): string {
  const texts = payTexts[language]
  const link = `<a class="button" href="${escapedHtml(url)}">${texts.leave}</a>`
  return wrapped(
    { language, title: texts.leaving, head: refreshTo(url, 0) },
    `<section class="panel"><h1>${texts.leaving}</h1><p class="ways">${link}</p></section>`,
  )
}

/** The same for every link that shows nothing. */
export function unknownPage(language: Language): string {
  const { unknown, unknownNote } = payTexts[language]
  return wrapped(
    { language, title: unknown },
    `<section class="panel"><h1>${unknown}</h1><p>${unknownNote}</p></section>`,
  )
}

const BAD = new Set<PayNotice | undefined>(['closed', 'failed', 'wrongAmount', 'contactNeeded'])

function panel(page: PayPage): string {
  const { facts, token, notice } = page
  const texts = payTexts[facts.language]
  const { status, due, currency, language } = facts
  const isAsked = due > 0n && status !== 'void'
  const tone = status === 'paid' ? ' good' : status === 'overdue' || BAD.has(notice) ? ' bad' : ''
  const lines = [
    ...(notice && !(notice === 'received' && status === 'paid') ? noticeLines(notice, texts) : []),
    ...(status === 'uncollectible' && isAsked ? [texts.uncollectible] : []),
    ...(status === 'overdue' ? [texts.overdue(dayText(facts.dueOn, language))] : []),
    ...(status === 'finalized' || status === 'partially_paid'
      ? [texts.until(dayText(facts.dueOn, language))]
      : []),
  ]
  const title = isAsked
    ? texts.toPay(moneyText(due, currency, language))
    : status === 'void'
      ? texts.void
      : texts.paid
  const pdf = `<a class="button quiet" href="${token}/invoice.pdf" download>${texts.download}</a>`
  return `<section class="panel${tone}"><h1>${escapedHtml(title)}</h1>
${lines.map((line) => `<p role="status">${escapedHtml(line)}</p>`).join('\n')}
${isAsked ? form(page, texts) : ''}<p class="ways">${pdf}</p></section>`
}

function noticeLines(notice: PayNotice, texts: PayTexts): string[] {
  return notice === 'failed' ? [texts.failed, texts.again] : [texts[notice]]
}

function form({ facts, token, gateways, paymentId, notice }: PayPage, texts: PayTexts): string {
  const { currency, due } = facts
  if (gateways.length === 0) return `<p>${escapedHtml(texts.noGateway(currency))}</p>`
  const ways: Readonly<Record<string, string>> = texts.ways
  const buttons = gateways.map((gateway) => {
    const words = escapedHtml(ways[gateway] ?? texts.payBy(gateway))
    return `<button class="button" name="gateway" value="${escapedHtml(gateway)}">${words}</button>`
  })
  const email = `<label for="email">${texts.email}</label>
<input id="email" name="email" type="email" autocomplete="email" maxlength="320" required>`
  const most = formatDecimal({ amount: due, currency })
  return `<form method="post" action="${token}">
<input type="hidden" name="paymentId" value="${paymentId}">
${notice === 'contactNeeded' ? email : ''}
<div class="ways">${buttons.join('')}</div>
<details><summary>${texts.part}</summary>
<label for="amount">${texts.amount(currency)}</label>
<input id="amount" name="amount" inputmode="decimal" autocomplete="off" maxlength="20" placeholder="${most}" aria-describedby="amount-note">
<p id="amount-note" class="hint">${texts.amountNote}</p></details></form>`
}

function wrapped(
  page: { readonly language: Language; readonly title: string; readonly head?: string },
  body: string,
): string {
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
${page.head ?? ''}
<link rel="icon" href="data:,">
<title>${escapedHtml(page.title)}</title>
<style>${STYLE}</style>
<style>${DOCUMENT_STYLE}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`
}

function refreshTo(url: string, seconds: number): string {
  return `<meta http-equiv="refresh" content="${seconds};url=${escapedHtml(url)}">`
}

function hashOf(style: string): string {
  return createHash('sha256').update(style).digest('base64')
}
