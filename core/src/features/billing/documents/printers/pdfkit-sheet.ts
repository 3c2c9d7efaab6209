import type { Sheet, SheetEntry } from '../document-sheet.ts'
import {
  BLACK,
  BODY_HEIGHT,
  BODY_WIDTH,
  GREY,
  LEFT,
  type Look,
  Paper,
  RIGHT,
  type Span,
} from './pdfkit-paper.ts'

const GAP = 6
const ROW_GAP = 8
/** What fits on a page below the names of columns. */
const PAGE_MAX = BODY_HEIGHT - 40
/** What may follow the sums on their page. */
const END_MAX = 150
const BODY: Look = { size: 8.5 }
const SMALL: Look = { size: 7.5, color: GREY }
const LABEL: Look = { size: 7.5, isBold: true, color: GREY }
const STRONG: Look = { size: 10.5, isBold: true }

/** Widths of the columns of figures; what is left is the description's. */
const FIGURES = [46, 56, 56, 34, 48, 58]
const SPANS = spansOf(FIGURES, LEFT, BODY_WIDTH)
const TOTALS: Span = { left: RIGHT - 225, width: 225 }
const TAXES: Span = { left: LEFT, width: BODY_WIDTH - 225 - 30 }

/** Draws a sheet as a PDF on A4. */
export function drawSheet(sheet: Sheet): Promise<Uint8Array> {
  const paper = new Paper(sheet)
  drawHead(paper, sheet)
  drawFacts(paper, sheet.facts)
  drawLines(paper, sheet)
  drawSums(paper, sheet)
  drawEnd(paper, sheet)
  return paper.finish()
}

function drawHead(paper: Paper, { title, mark, parties }: Sheet): void {
  const stamped = mark ? paper.stamp(mark.text, paper.y, mark.isGood ? '#1d7a46' : '#a33a2a') : 0
  const span = { left: LEFT, width: BODY_WIDTH - stamped - (stamped && 20) }
  const size = [20, 14, 10, 7].find((s) => paper.heightOf(title, span.width, bold(s)) < 60) ?? 5
  paper.y += paper.text(title, span, paper.y, bold(size)) + 16
  const width = (BODY_WIDTH - 24) / 2
  const heights = (look: Look): number[] =>
    parties.map(({ lines }) =>
      lines.reduce((sum, line) => sum + paper.heightOf(line, width, look) + 1.5, 0),
    )
  const sizes = [9, 8, 7, 6, 5]
  const look = { size: sizes.find((s) => Math.max(...heights(bold(s))) < BODY_HEIGHT / 2) ?? 4 }
  const ends = parties.map(({ label, lines }, index) => {
    const party = { left: LEFT + index * (width + 24), width }
    let y = paper.y + paper.text(label, party, paper.y, LABEL) + 2
    for (const [at, line] of lines.entries()) {
      y += paper.text(line, party, y, { ...look, isBold: at === 0 }) + 1.5
    }
    return y
  })
  paper.y = Math.max(...ends) + 14
}

function drawFacts(paper: Paper, facts: readonly SheetEntry[]): void {
  const count = 4
  const width = (BODY_WIDTH - (count - 1) * GAP) / count
  paper.rule()
  paper.y += 7
  for (let first = 0; first < facts.length; first += count) {
    const row = facts.slice(first, first + count)
    const heights = row.map(({ text }) => paper.heightOf(text, width, BODY))
    paper.ensure(Math.max(...heights) + 18)
    for (const [at, { label, text }] of row.entries()) {
      const span = { left: LEFT + at * (width + GAP), width }
      paper.text(label, span, paper.y, LABEL)
      paper.text(text, span, paper.y + 11, BODY)
    }
    paper.y += Math.max(...heights) + 18
  }
  paper.rule()
  paper.y += 16
}

function drawLines(paper: Paper, sheet: Sheet): void {
  const { columns, rows } = sheet
  const [description = { left: LEFT, width: BODY_WIDTH }] = SPANS
  const sums = sumsHeight(paper, sheet)
  const end = endHeight(paper, sheet)
  for (const [index, { description: text, details, cells }] of rows.entries()) {
    const pieces = [
      { text, look: BODY, height: paper.heightOf(text || ' ', description.width, BODY) + 1 },
      ...details.map((detail) => {
        const height = paper.heightOf(detail, description.width, SMALL) + 1
        return { text: detail, look: SMALL, height }
      }),
    ]
    const whole = pieces.reduce((sum, { height }) => sum + height, ROW_GAP)
    // The last line takes the sums with it: they never stand on a page without one. So does a
    // short end, that no page is of a link alone.
    const after = index === rows.length - 1 ? sums + (end < END_MAX ? end : 0) : 0
    const together = [whole + after, whole, 0].find((height) => height < PAGE_MAX) ?? 0
    if (index === 0) drawColumns(paper, columns, together)
    else if (paper.ensure(together)) drawColumns(paper, columns)
    for (const [at, { text: piece, look, height }] of pieces.entries()) {
      const rest = height + ROW_GAP + (at === pieces.length - 1 ? after : 0)
      if (paper.ensure(rest)) drawColumns(paper, columns)
      paper.text(piece, description, paper.y, look)
      if (at === 0) drawCells(paper, cells, SPANS.slice(1), look)
      paper.y += height
    }
    paper.y += ROW_GAP / 2
    paper.rule()
    paper.y += ROW_GAP / 2
  }
}

/** Draws the names of columns, with room below for what follows at once. */
function drawColumns(paper: Paper, columns: readonly string[], following = 0): void {
  const heights = SPANS.map(({ width }, at) => paper.heightOf(columns[at] ?? '', width, LABEL))
  const height = Math.max(...heights) + 10
  paper.ensure(height + following)
  for (const [at, span] of SPANS.entries()) {
    const label = columns[at] ?? ''
    const isWide = paper.widthOf(label, LABEL) > span.width
    if (at === 0 || isWide) paper.text(label, span, paper.y, LABEL)
    else paper.figure(label, span, paper.y, LABEL)
  }
  paper.y += height - 5
  paper.rule(BLACK, 0.8)
  paper.y += 5
}

function drawCells(
  paper: Paper,
  cells: readonly string[],
  spans: readonly Span[],
  look: Look,
): void {
  for (const [at, cell] of cells.entries()) {
    const span = spans[at]
    if (span && cell !== '') paper.figure(cell, span, paper.y, look)
  }
}

/** The taxes stand beside the totals, or before them when there is too much for one page. */
function drawSums(paper: Paper, sheet: Sheet): void {
  const height = sumsHeight(paper, sheet)
  const isShort = height < BODY_HEIGHT
  if (isShort) paper.ensure(height)
  paper.y += 10
  const top = paper.y
  drawTaxes(paper, sheet)
  const taxesEnd = paper.y
  if (isShort) paper.y = top
  drawTotals(paper, sheet.totals)
  paper.y = isShort ? Math.max(paper.y, taxesEnd) : paper.y
}

function sumsHeight(paper: Paper, { taxes, totals }: Sheet): number {
  const nameWidth = taxSpans()[0]?.width ?? 0
  const taxHeight = (taxes?.rows ?? []).reduce(
    (sum, [name = '']) => sum + paper.heightOf(name, nameWidth, BODY) + 4,
    taxes ? 40 : 0,
  )
  const totalHeight = totals.reduce((sum, entry) => sum + totalRowHeight(paper, entry), 10)
  return Math.max(taxHeight, totalHeight) + 14
}

function drawTaxes(paper: Paper, { taxes }: Sheet): void {
  if (!taxes) return
  const spans = taxSpans()
  paper.ensure(40)
  paper.y += paper.text(taxes.label, TAXES, paper.y, { ...LABEL, color: BLACK }) + 4
  for (const [at, span] of spans.entries()) {
    const label = taxes.columns[at] ?? ''
    if (at === 0) paper.text(label, span, paper.y, LABEL)
    else paper.figure(label, span, paper.y, LABEL)
  }
  paper.y += 14
  for (const [name = '', ...cells] of taxes.rows) {
    const height = paper.heightOf(name, spans[0]?.width ?? 0, BODY) + 4
    paper.ensure(height)
    if (spans[0]) paper.text(name, spans[0], paper.y, BODY)
    drawCells(paper, cells, spans.slice(1), BODY)
    paper.y += height
  }
}

function drawTotals(paper: Paper, totals: readonly SheetEntry[]): void {
  for (const [index, entry] of totals.entries()) {
    const isLast = index === totals.length - 1
    const look = isLast ? STRONG : BODY
    const height = totalRowHeight(paper, entry)
    paper.ensure(height)
    if (isLast) paper.y += 3
    paper.text(entry.label, { left: TOTALS.left, width: 120 }, paper.y, look)
    paper.figure(entry.text, { left: TOTALS.left + 122, width: 103 }, paper.y, look)
    paper.y += height
  }
}

function totalRowHeight(paper: Paper, { label }: SheetEntry): number {
  return paper.heightOf(label, 120, STRONG) + 3
}

function drawEnd(paper: Paper, { notes, pay }: Sheet): void {
  paper.y += 12
  const span = { left: LEFT, width: BODY_WIDTH }
  for (const note of notes) {
    paper.ensure(paper.heightOf(note, BODY_WIDTH, BODY))
    paper.y += paper.text(note, span, paper.y, BODY) + 4
  }
  if (!pay) return
  const height = payHeight(paper, pay.url)
  paper.y += 6
  paper.ensure(height)
  paper.text(pay.label, span, paper.y, { size: 9.5, isBold: true, color: '#1f5fbf' })
  paper.text(pay.url, span, paper.y + 14, SMALL)
  paper.link(pay.url, span, paper.y, height)
}

function endHeight(paper: Paper, { notes, pay }: Sheet): number {
  const texts = notes.reduce((sum, note) => sum + paper.heightOf(note, BODY_WIDTH, BODY) + 4, 12)
  return texts + (pay ? payHeight(paper, pay.url) + 6 : 0)
}

function payHeight(paper: Paper, url: string): number {
  return 16 + paper.heightOf(url, BODY_WIDTH, SMALL)
}

function taxSpans(): Span[] {
  return spansOf([70, 70], TAXES.left, TAXES.width)
}

/** Spans of columns: a wide one, then those of figures. */
function spansOf(figures: readonly number[], left: number, width: number): Span[] {
  const wide = width - figures.reduce((sum, figure) => sum + figure + GAP, 0)
  let end = left + wide
  return [
    { left, width: wide },
    ...figures.map((figure) => {
      const span = { left: end + GAP, width: figure }
      end += GAP + figure
      return span
    }),
  ]
}

function bold(size: number): Look {
  return { size, isBold: true }
}
