import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { extractText } from 'unpdf'
import { afterAll, expect, test } from 'vitest'
import { documentCsv, documentCsvHead } from './document-csv.ts'
import { amountText, dayText, numberText, priceText } from './document-formats.ts'
import { DOCUMENT_CSP, DOCUMENT_STYLE, documentArticle, documentPage } from './document-html.ts'
import { layOut } from './document-sheet.ts'
import type {
  CreditNoteFacts,
  DocumentLine,
  DocumentParty,
  InvoiceDocument,
  InvoiceFacts,
} from './invoice-document.ts'
import { pdfkitPrinter } from './printers/pdfkit.ts'

const printer = pdfkitPrinter()
afterAll(() => printer[Symbol.asyncDispose]())

const party: DocumentParty = {
  name: 'Ann Smith',
  company: 'Acme Tools Ltd',
  address: ['1 Long Street', 'London N1 9GU'],
  country: 'GB',
  taxId: 'GB123456789',
  email: 'ann@acme.example',
}

const russianParty: DocumentParty = {
  name: 'Константин Ёлкин',
  company: 'ООО «Ромашка»',
  address: ['ул. Большая Ордынка, д. 17'],
  country: 'RU',
  taxId: '7701234567',
  email: null,
}

function line(changes: Partial<DocumentLine> = {}): DocumentLine {
  const { net = 10_000n } = changes
  return {
    description: 'Team plan',
    period: { firstDay: '2028-02-01', lastDay: '2028-02-29' },
    quantity: '1.000000000000',
    unitPrice: '100',
    steps: [],
    discount: 0n,
    net,
    taxRate: '20',
    tax: net / 5n,
    gross: net + net / 5n,
    ...changes,
  }
}

function factsOf(lines: readonly DocumentLine[]) {
  const sum = (amount: (line: DocumentLine) => bigint): bigint =>
    lines.reduce((total, one) => total + amount(one), 0n)
  const discount = sum((one) => one.discount)
  return {
    number: 'INV-000042',
    seller: { ...party, company: 'Gramkit Works BV', country: 'NL' },
    buyer: party,
    issuedOn: '2028-03-01',
    period: null,
    purchaseOrder: 'PO-7',
    currency: 'USD',
    language: 'en',
    lines,
    discounts: discount === 0n ? [] : [{ description: 'Coupon SPRING', amount: discount }],
    taxes: [
      { name: 'VAT', rate: '20.000', taxable: sum((one) => one.net), tax: sum((one) => one.tax) },
    ],
    pricesIncludeTax: false,
    reverseCharge: false,
    subtotal: sum((one) => one.net) + discount,
    total: sum((one) => one.gross),
    notes: ['Thank you for your business.'],
  } as const
}

function invoice(
  lines: readonly DocumentLine[],
  changes: Partial<InvoiceFacts> = {},
): InvoiceFacts {
  const facts = factsOf(lines)
  const { paid = 0n, credited = 0n } = changes
  return {
    ...facts,
    kind: 'invoice',
    status: 'finalized',
    dueOn: '2028-03-31',
    credited,
    paid,
    due: facts.total - credited - paid,
    payUrl: 'https://billing.example/i/3f7c2a90c5',
    ...changes,
  }
}

function creditNote(
  lines: readonly DocumentLine[],
  changes: Partial<CreditNoteFacts> = {},
): CreditNoteFacts {
  return {
    ...factsOf(lines),
    kind: 'credit_note',
    status: 'finalized',
    number: 'CN-7',
    invoiceNumber: 'INV-000042',
    reason: 'Canceled',
    ...changes,
  }
}

const RUSSIAN = {
  language: 'ru',
  currency: 'RUB',
  seller: russianParty,
  buyer: russianParty,
} as const

const tiered = line({
  description: 'API calls',
  quantity: '1250.500000000000',
  unitPrice: null,
  steps: [
    { quantity: '1000', unitPrice: '0.01', flatFee: 0n },
    { quantity: '250.5', unitPrice: '0.0045', flatFee: 50_000n },
  ],
  net: 8_000n,
  discount: 2_000n,
})

const hostile = invoice(
  [
    line({
      description: '<script>alert(1)</script> & "q" \u202egnp.exe\u0000\u0007 שלום 😀 \ud800',
    }),
    line({ description: 'x'.repeat(1_000) }),
  ],
  {
    status: 'void',
    due: 0n,
    number: 'W'.repeat(500),
    buyer: {
      ...party,
      name: 'Ω'.repeat(500),
      company: `<b>${'W'.repeat(497)}`,
      address: Array(20).fill('Ж'.repeat(300)),
    },
    notes: Array(50).fill('W'.repeat(1_000)),
  },
)

async function pagesOf(document: InvoiceDocument): Promise<string[]> {
  const { text } = await extractText(await printer.print(document))
  return text
}

/** Wrapping breaks words and lines apart, so texts are compared without spaces. */
const bare = (text: string): string => text.replace(/\s+/g, '')

/** The texts between the tags of a page. */
function textsOf(html: string): string[] {
  const signs: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    '#39': "'",
    amp: '&',
  }
  return html
    .split(/<[^>]*>/)
    .map((text) => bare(text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => signs[name] ?? '')))
    .filter((text) => text !== '')
}

test.each([
  [
    'an invoice',
    invoice([line(), tiered], { paid: 5_000n, credited: 100n, status: 'partially_paid' }),
  ],
  ['an invoice in Russian', invoice([line({ description: 'Тариф «Командный»' }), tiered], RUSSIAN)],
  [
    'a reverse charge',
    invoice([line({ taxRate: null, tax: 0n, gross: 10_000n })], { taxes: [], reverseCharge: true }),
  ],
  ['a credit note', creditNote([line()])],
  ['a credit note in Russian', creditNote([line()], { ...RUSSIAN, reason: 'Отмена подписки' })],
])('the PDF of %s has every text of its page', async (_name, document) => {
  const pdf = bare((await pagesOf(document)).join(' '))
  const texts = textsOf(documentArticle(document))
  expect(texts.length).toBeGreaterThan(20)
  expect(texts.filter((text) => !pdf.includes(text))).toEqual([])
})

test('an invoice says who, what, when, how much and where to pay', () => {
  const texts = textsOf(documentArticle(invoice([line(), tiered], { paid: 5_000n })))
  expect(texts).toEqual(
    expect.arrayContaining(
      [
        ...[
          'Invoice INV-000042',
          'Gramkit Works BV',
          'Tax ID: GB123456789',
          '31 March 2028',
          'PO-7',
        ],
        ...['2028-02-01 – 2028-02-29', '1,250.5', '1,000 × 0.01', '250.5 × 0.0045 + 500.00'],
        ...[
          'Discount: −20.00',
          'Coupon SPRING',
          'VAT 20%',
          '−50.00 USD',
          '216.00 USD',
          '166.00 USD',
        ],
        ...['Pay online', 'https://billing.example/i/3f7c2a90c5'],
      ].map(bare),
    ),
  )
})

test.each([
  ['paid', { status: 'paid', paid: 12_000n }, 'Paid', true],
  ['void', { status: 'void', due: 0n }, 'Void', false],
  ['a draft', { status: 'draft', number: null }, 'Draft', false],
] as const)('an invoice that is %s is marked so', (_name, changes, text, isGood) => {
  expect(layOut(invoice([line()], changes)).mark).toEqual({ text, isGood })
})

test.each([
  ['1234567890n', 1_234_567_890n, 'USD', '12,345,678.90', '12\u00a0345\u00a0678,90'],
  ['-5n', -5n, 'EUR', '−0.05', '−0,05'],
  ['1234n without digits', 1_234n, 'JPY', '1,234', '1\u00a0234'],
  ['1234n with three', 1_234n, 'KWD', '1.234', '1,234'],
] as const)('%s is written as a language does', (_name, amount, currency, en, ru) => {
  expect(amountText(amount, currency, 'en')).toBe(en)
  expect(amountText(amount, currency, 'ru')).toBe(ru)
})

test('numbers, prices and days are written without the data of the machine', () => {
  expect(numberText('1000.500000000000', 'en')).toBe('1,000.5')
  expect(numberText('1000', 'en')).toBe('1,000')
  expect(priceText('0.000001000000', 'USD', 'ru')).toBe('0,000001')
  expect(priceText('10', 'USD', 'en')).toBe('10.00')
  expect(priceText('10.000', 'JPY', 'en')).toBe('10')
  expect(dayText('2028-02-09', 'en')).toBe('9\u00a0February\u00a02028')
  expect(dayText('2028-02-09', 'ru')).toBe('9\u00a0февраля\u00a02028\u00a0г.')
})

test('300 lines take 13 pages: each has the columns and its number, the last the sums and a line', async () => {
  const lines = Array.from({ length: 300 }, (_, at) => line({ description: `Seat ${at + 1}.` }))
  const pages = await pagesOf(invoice(lines))
  expect(pages).toHaveLength(13)
  for (const [at, page] of pages.entries()) {
    expect(page).toContain('Unit price')
    expect(page).toContain(`Page ${at + 1} of ${pages.length}`)
  }
  expect(pages.at(-1)).toContain('Seat 300.')
  expect(pages.at(-1)).toContain('Amount due')
  const all = pages.join(' ')
  expect(lines.filter(({ description }) => !all.includes(description))).toEqual([])
})

test('sums never stand on a page without a line, wherever the page ends', async () => {
  const counts: number[] = []
  for (let count = 11; count <= 15; count += 1) {
    const pages = await pagesOf(invoice(Array(count).fill(line())))
    expect(pages.at(-1), `${count} lines`).toMatch(/Team plan[\s\S]*Amount due/)
    counts.push(pages.length)
  }
  expect(counts).toContain(1)
  expect(counts).toContain(2)
})

test('the same document is the same bytes in another process and at another time', async () => {
  const document = invoice([line(), tiered])
  const script = `
    import { drawSheet } from '${new URL('./printers/pdfkit-sheet.ts', import.meta.url)}'
    const sheet = JSON.parse(process.argv[1])
    process.stdout.write(await drawSheet(sheet))`
  const args = ['--input-type=module', '--eval', script, JSON.stringify(layOut(document))]
  const { stdout, stderr } = spawnSync(process.execPath, args, { env: { TZ: 'Asia/Tokyo' } })
  const own = Buffer.from(await printer.print(document))
  expect(own.equals(stdout), stderr.toString()).toBe(true)
  expect(own.equals(await printer.print(document))).toBe(true)
  const other = Buffer.from(await printer.print(invoice([line()], { number: 'INV-000043' })))
  const idOf = (pdf: Buffer): string | undefined => /\/ID \[.*/.exec(pdf.toString('latin1'))?.[0]
  expect(idOf(own)).toBeDefined()
  expect(idOf(other)).not.toBe(idOf(own))
})

test('more documents than can wait are refused, and the next one is printed again', async () => {
  const attempts = Array.from({ length: 40 }, () => printer.print(invoice([line()])))
  const refused = (await Promise.allSettled(attempts)).filter((one) => one.status === 'rejected')
  expect(refused.length).toBeGreaterThanOrEqual(7)
  expect(refused.length).toBeLessThanOrEqual(8)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'billing.printer_busy' })
  expect(await printer.print(invoice([line()]))).toHaveProperty('byteLength')
}, 60_000)

test('hostile texts are text: no tag, no turned line, no control character', async () => {
  const html = documentPage(hostile)
  expect(html).not.toMatch(/<script|<b>|(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Surrogate}/u)
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot; gnp.exe')
  const pages = await pagesOf(hostile)
  expect(pages.length).toBeLessThan(20)
  const text = bare(pages.join(''))
  expect(text).toContain('<script>alert(1)</script>&"q"gnp.exe')
  expect(text).toContain('x'.repeat(1_000))
  expect(text).toContain('Ω'.repeat(500))
})

test('a page has no script, nothing from elsewhere, and a policy that says so', () => {
  const html = documentPage(invoice([line()]))
  expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|javascript:|\ssrc=|@import|url\(/)
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? ''
  expect(style).toBe(DOCUMENT_STYLE)
  expect(DOCUMENT_CSP).toContain(createHash('sha256').update(style).digest('base64'))
})

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'https://a.example/" onclick="x',
  '/pay',
  '',
])('the link %j to a page for paying is refused', (payUrl) => {
  expect(() => layOut(invoice([line()], { payUrl }))).toThrow('payUrl')
})

test.each([
  ['a line', invoice([line({ gross: 1n })])],
  ['a subtotal', invoice([line()], { subtotal: 1n })],
  ['a total', invoice([line()], { total: 1n })],
  ['taxes', invoice([line()], { taxes: [] })],
  ['discounts', invoice([line({ discount: 1n })], { discounts: [] })],
  ['what is due', invoice([line()], { due: 1n })],
  ['a void invoice’s due', invoice([line()], { status: 'void' })],
  ['a credit note', creditNote([line()], { total: 1n })],
])('a document whose figures do not add up is not drawn: %s', (_name, document) => {
  expect(() => layOut(document)).toThrow(
    expect.objectContaining({ code: 'kernel.assertion_failed' }),
  )
})

test.each([
  ['lines', invoice(Array(5_001).fill(line()))],
  ['line', invoice([line({ description: 'x'.repeat(1_001) })])],
  ['notes', invoice([line()], { notes: Array(51).fill('') })],
])('a document with too much of %s is refused', (field, document) => {
  expect(() => layOut(document)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ field }) }),
  )
})

test('the file of documents has a row for each, the file of lines one for each line', () => {
  const bill = invoice([line({ description: '=1+1' }), tiered], { paid: 5_000n })
  expect(
    documentCsvHead('documents') +
      documentCsv('documents', bill) +
      documentCsv('documents', creditNote([line()])),
  ).toBe(
    'number,kind,status,issued_on,due_on,first_day,last_day,for_invoice,customer,company,country,' +
      'tax_id,currency,subtotal,discount,tax,total,credited,paid,due\r\n' +
      'INV-000042,invoice,finalized,2028-03-01,2028-03-31,,,,Ann Smith,Acme Tools Ltd,GB,' +
      'GB123456789,USD,200.00,20.00,36.00,216.00,0.00,50.00,166.00\r\n' +
      'CN-7,credit_note,finalized,2028-03-01,,,,INV-000042,Ann Smith,Acme Tools Ltd,GB,' +
      'GB123456789,USD,100.00,0.00,20.00,120.00,,,\r\n',
  )
  expect(documentCsvHead('lines') + documentCsv('lines', bill)).toBe(
    'number,line,description,first_day,last_day,quantity,unit_price,currency,discount,net,tax_rate,tax,gross\r\n' +
      "INV-000042,1,'=1+1,2028-02-01,2028-02-29,1.000000000000,100,USD,0.00,100.00,20,20.00,120.00\r\n" +
      'INV-000042,2,API calls,2028-02-01,2028-02-29,1250.500000000000,,USD,20.00,80.00,20,16.00,96.00\r\n',
  )
})
