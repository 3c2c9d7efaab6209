import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import type { Sheet } from '../document-sheet.ts'

/** A4 in points. */
const WIDTH = 595.28
const HEIGHT = 841.89
const MARGIN = 42
const FOOTER = 26

/** Where a page's text ends on the left and on the right, and how wide it is. */
export const LEFT = MARGIN
export const RIGHT = WIDTH - MARGIN
export const BODY_WIDTH = RIGHT - LEFT
const TOP = MARGIN
const BOTTOM = HEIGHT - MARGIN - FOOTER
/** The most that stands on one page. */
export const BODY_HEIGHT = BOTTOM - TOP

export const GREY = '#5b6675'
export const BLACK = '#1c2430'
const LINE_GREY = '#d7dce3'

/** How a text is drawn. */
export interface Look {
  readonly size: number
  readonly isBold?: boolean
  readonly color?: string
}

/** A rectangle's left edge and width. */
export interface Span {
  readonly left: number
  readonly width: number
}

const fontFile = (name: string): string =>
  createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)
const REGULAR = fontFile('DejaVuSansCondensed')
const BOLD = fontFile('DejaVuSansCondensed-Bold')

/** Pages to draw on, and how far down the current one is filled. */
export class Paper {
  y = TOP
  readonly #pdf: PDFKit.PDFDocument
  readonly #bytes: Promise<Uint8Array>
  readonly #sheet: Sheet

  constructor(sheet: Sheet) {
    this.#sheet = sheet
    this.#pdf = new PDFDocument({
      size: [WIDTH, HEIGHT],
      margins: { top: TOP, left: LEFT, right: MARGIN, bottom: HEIGHT - BOTTOM },
      bufferPages: true,
      font: REGULAR,
      lang: sheet.language,
      displayTitle: true,
      // The id of the file is made of these, so it is the document's and not the moment's.
      info: {
        Title: sheet.title,
        Keywords: createHash('sha256').update(JSON.stringify(sheet)).digest('hex'),
        CreationDate: new Date(`${sheet.issuedOn}T00:00:00.000Z`),
        Producer: 'gramkit',
        Creator: 'gramkit',
      },
    })
    const chunks: Uint8Array[] = []
    this.#bytes = new Promise((resolve, reject) => {
      this.#pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      this.#pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
      this.#pdf.on('error', reject)
    })
  }

  /** Goes on to the next page unless so much fits below; tells whether it did. */
  ensure(height: number): boolean {
    if (this.y + height <= BOTTOM || this.y === TOP) return false
    this.#pdf.addPage()
    this.y = TOP
    return true
  }

  heightOf(text: string, width: number, look: Look): number {
    return this.#styled(look).heightOfString(text, { width })
  }

  widthOf(text: string, look: Look): number {
    return this.#styled(look).widthOfString(text)
  }

  /** Draws a text that wraps, and tells how high it became. */
  text(text: string, { left, width }: Span, top: number, look: Look): number {
    this.#styled(look).text(text, left, top, { width })
    return this.#pdf.y - top
  }

  /** Draws a text on one line that ends at the right of its span, smaller if it is too long. */
  figure(text: string, { left, width }: Span, top: number, look: Look): void {
    const full = this.widthOf(text, look)
    const size = full > width ? (look.size * width) / full : look.size
    const start = left + width - Math.min(full, width)
    this.#styled({ ...look, size }).text(text, start, top + (look.size - size) / 2, {
      lineBreak: false,
    })
  }

  rule(color = LINE_GREY, width = 0.6): void {
    this.#pdf.moveTo(LEFT, this.y).lineTo(RIGHT, this.y).lineWidth(width).stroke(color)
  }

  /** A frame that ends at the right edge; tells how wide it became. */
  stamp(text: string, top: number, color: string): number {
    const look = { size: 11, isBold: true, color }
    const width = this.widthOf(text, look) + 18
    this.#pdf
      .roundedRect(RIGHT - width, top, width, 22, 3)
      .lineWidth(1.4)
      .stroke(color)
    this.figure(text, { left: RIGHT - width, width: width - 9 }, top + 4.5, look)
    return width
  }

  link(url: string, { left, width }: Span, top: number, height: number): void {
    this.#pdf.link(left, top, width, height, url)
  }

  /** Writes the foot of every page and closes the file. */
  finish(): Promise<Uint8Array> {
    const { count } = this.#pdf.bufferedPageRange()
    const look = { size: 7.5, color: GREY }
    const top = HEIGHT - MARGIN - 9
    for (let index = 0; index < count; index += 1) {
      this.#pdf.switchToPage(index)
      this.#pdf.page.margins.bottom = 0
      const page = this.#sheet.page
        .replace('{page}', String(index + 1))
        .replace('{pages}', String(count))
      this.figure(page, { left: RIGHT - 110, width: 110 }, top, look)
      const title = { left: LEFT, width: BODY_WIDTH - 120 }
      const full = this.widthOf(this.#sheet.title, look)
      this.figure(this.#sheet.title, { ...title, width: Math.min(full, title.width) }, top, look)
    }
    this.#pdf.end()
    return this.#bytes
  }

  #styled({ size, isBold = false, color = BLACK }: Look): PDFKit.PDFDocument {
    return this.#pdf
      .font(isBold ? BOLD : REGULAR)
      .fontSize(size)
      .fillColor(color)
  }
}
