import { createHash } from 'node:crypto'
import { layOut, type Sheet } from './document-sheet.ts'
import type { InvoiceDocument } from './invoice-document.ts'

/** How a document looks: on a sheet of paper, on a screen, and on a phone as a list of cards. */
export const DOCUMENT_STYLE = `
.document{max-width:56rem;margin:0 auto;padding:2rem;background:#fff;color:#1c2430;
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
.document *{box-sizing:border-box}
.document header{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
.document h1{margin:0 0 1.5rem;font-size:1.75rem;line-height:1.2}
.document h2,.document dt,.document th{font-size:.8rem;font-weight:600;color:#5b6675}
.document h2{margin:0 0 .25rem}
.document p{margin:0}
.document .mark{flex:none;padding:.25rem .75rem;border:2px solid #a33a2a;border-radius:.25rem;
color:#a33a2a;font-weight:700;overflow-wrap:normal}
.document .mark.good{border-color:#1d7a46;color:#1d7a46}
.document .parties{display:grid;grid-template-columns:1fr 1fr;gap:2rem;margin-bottom:1.5rem}
.document .parties p:first-of-type{font-weight:600}
.document dl{display:flex;flex-wrap:wrap;gap:.75rem 2rem;margin:0 0 1.5rem;padding:.75rem 0;
border:solid #d7dce3;border-width:1px 0}
.document dd{margin:0}
.document table{width:100%;border-collapse:collapse}
.document th,.document td{padding:.5rem;border-bottom:1px solid #d7dce3;text-align:right;
vertical-align:top;font-variant-numeric:tabular-nums}
.document th,.document td{overflow-wrap:normal}
.document th:first-child,.document td:first-child{padding-left:0;text-align:left;overflow-wrap:anywhere}
.document th:last-child,.document td:last-child{padding-right:0}
.document thead{display:table-header-group}
.document tr{break-inside:avoid}
.document .detail{font-size:.85rem;color:#5b6675}
.document .sums{display:flex;flex-wrap:wrap-reverse;justify-content:flex-end;gap:2rem;
margin-top:1.5rem;break-inside:avoid;break-before:avoid}
.document .taxes{flex:1 1 20rem}
.document .totals{flex:1 1 18rem;max-width:24rem}
.document .totals th{font-size:inherit;font-weight:400;color:inherit}
.document .totals tr:last-child>*{border-bottom:0;font-size:1.1rem;font-weight:700}
.document .notes{margin-top:1.5rem}
.document .notes p{margin-bottom:.5rem}
.document .pay{display:inline-block;margin-top:1.5rem;padding:.75rem 1.5rem;border-radius:.375rem;
background:#1f5fbf;color:#fff;font-weight:600;text-decoration:none}
.document .link{margin-top:.5rem;font-size:.85rem;color:#5b6675}
@media screen and (max-width:40rem){
.document{padding:1.25rem}
.document h1{font-size:1.4rem}
.document .parties{grid-template-columns:1fr;gap:1rem}
.document .lines,.document .lines tbody,.document .lines tr,.document .lines td{display:block}
.document .lines thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.document .lines tr{padding:.75rem 0;border-bottom:1px solid #d7dce3}
.document .lines td{display:flex;justify-content:space-between;gap:1rem;padding:.1rem 0;border:0}
.document .lines td:first-child{display:block;padding-bottom:.35rem;font-weight:600}
.document .lines td:empty{display:none}
.document .lines td[data-label]::before{content:attr(data-label);color:#5b6675}
.document .lines .detail{font-weight:400}
.document .totals{max-width:none}
.document .pay{display:block;text-align:center}
}
@media print{
@page{size:A4;margin:15mm}
.document{max-width:none;padding:0;font-size:11px}
.document h1{font-size:22px}
.document h2,.document dt,.document th,.document .detail,.document .link{font-size:9px}
.document .totals tr:last-child>*{font-size:13px}
.document .pay{display:none}
}
`

/** What a page may do that shows a document: nothing but look like one. */
export const DOCUMENT_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(DOCUMENT_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * A document as a whole page for a browser or a mail: no scripts, nothing from elsewhere.
 *
 * @throws {@link AssertionFailed} and {@link InvalidValue} as {@link layOut}
 */
export function documentPage(document: InvoiceDocument): string {
  const sheet = layOut(document)
  return `<!doctype html>
<html lang="${sheet.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapedHtml(sheet.title)}</title>
<style>${DOCUMENT_STYLE}</style>
</head>
<body>
${article(sheet)}
</body>
</html>
`
}

/**
 * A document as a part of a page that has {@link DOCUMENT_STYLE}.
 *
 * @throws {@link AssertionFailed} and {@link InvalidValue} as {@link layOut}
 */
export function documentArticle(document: InvoiceDocument): string {
  return article(layOut(document))
}

function article(sheet: Sheet): string {
  const { mark, parties, facts, notes, pay } = sheet
  return `<article class="document" lang="${sheet.language}">
<header><h1>${own(sheet.title)}</h1>${
    mark ? `<p class="mark${mark.isGood ? ' good' : ''}">${escapedHtml(mark.text)}</p>` : ''
  }</header>
<div class="parties">${parties
    .map(
      ({ label, lines }) => `<section><h2>${escapedHtml(label)}</h2>${paragraphs(lines)}</section>`,
    )
    .join('')}</div>
<dl>${facts
    .map(({ label, text }) => `<div><dt>${escapedHtml(label)}</dt><dd>${own(text)}</dd></div>`)
    .join('')}</dl>
${linesTable(sheet)}
<div class="sums">${taxesTable(sheet)}<table class="totals"><tbody>${sheet.totals
    .map(
      ({ label, text }) =>
        `<tr><th scope="row">${own(label)}</th><td>${escapedHtml(text)}</td></tr>`,
    )
    .join('')}</tbody></table></div>
${notes.length === 0 ? '' : `<div class="notes">${paragraphs(notes)}</div>`}
${
  pay === null
    ? ''
    : `<a class="pay" href="${escapedHtml(pay.url)}" rel="noreferrer">${escapedHtml(pay.label)}</a>
<p class="link">${escapedHtml(pay.url)}</p>`
}
</article>`
}

function linesTable({ columns, rows }: Sheet): string {
  const labels = columns.slice(1).map(escapedHtml)
  const body = rows.map(({ description, details, cells }) => {
    const about = details
      .map((detail) => `<div class="detail">${escapedHtml(detail)}</div>`)
      .join('')
    const others = cells.map((cell, at) =>
      cell === '' ? '<td></td>' : `<td data-label="${labels[at]}">${escapedHtml(cell)}</td>`,
    )
    return `<tr><td>${own(description)}${about}</td>${others.join('')}</tr>`
  })
  return `<table class="lines">${head(columns)}<tbody>${body.join('\n')}</tbody></table>`
}

function taxesTable({ taxes }: Sheet): string {
  if (taxes === null) return ''
  const rows = taxes.rows.map(
    (cells) => `<tr>${cells.map((cell) => `<td>${own(cell)}</td>`).join('')}</tr>`,
  )
  return `<section class="taxes"><h2>${escapedHtml(taxes.label)}</h2><table>${head(taxes.columns)}<tbody>${rows.join('')}</tbody></table></section>`
}

function head(columns: readonly string[]): string {
  const cells = columns.map((column) => `<th scope="col">${escapedHtml(column)}</th>`)
  return `<thead><tr>${cells.join('')}</tr></thead>`
}

function paragraphs(lines: readonly string[]): string {
  return lines.map((line) => `<p>${own(line)}</p>`).join('')
}

/** Somebody's own text: whichever way it is read, what stands beside it stays in its place. */
function own(text: string): string {
  return `<bdi>${escapedHtml(text)}</bdi>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as a part of a page, in an attribute too. */
export function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}
