/** One event of a server-sent event stream. */
export interface ServerEvent {
  readonly name: string
  readonly data: string
}

/** Reads server-sent events from text that arrives in pieces of any size. */
export class ServerEventParser {
  #rest = ''
  #name = ''
  #data: string[] = []

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    const text = this.#rest + piece
    // A trailing CR may be half of a CRLF whose other half has not come yet.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#read(line))
  }

  #read(line: string): ServerEvent[] {
    if (line === '') return this.#finish()
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'event') this.#name = value
    if (field === 'data') this.#data.push(value)
    return []
  }

  #finish(): ServerEvent[] {
    const event = { name: this.#name || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0
    this.#name = ''
    this.#data = []
    return isEmpty ? [] : [event]
  }
}
