import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { freePort } from '@gramkit/services'

/** A delivery of a provider that was kept instead of being passed on. */
export interface KeptDelivery {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * What stands before the processes of a shop: one address, updates to those with the role `bot`,
 * everything else to those with `api`, each in turn. A process that refuses the connection is
 * passed over; nothing else is tried twice.
 */
export class FrontDoor implements AsyncDisposable {
  readonly url: string
  /** Deliveries for which this says yes are answered and kept. [none] */
  keeps: (delivery: KeptDelivery) => boolean = () => false
  readonly kept: KeptDelivery[] = []
  readonly #server = createServer((asked, answer) => void this.#serve(asked, answer))
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  readonly #behind: Record<'api' | 'bot', string[]> = { api: [], bot: [] }
  #turn = 0

  private constructor(url: string) {
    this.url = url
  }

  /** Opens on a free port. */
  static async open(): Promise<FrontDoor> {
    const port = await freePort()
    const door = new FrontDoor(`http://127.0.0.1:${port}`)
    await new Promise<void>((resolve) => door.#server.listen(port, '127.0.0.1', resolve))
    return door
  }

  /** Lets a process serve what its roles serve. */
  add(url: string, roles: string): void {
    for (const role of ['api', 'bot'] as const) {
      if (roles.split(',').includes(role)) this.#behind[role].push(url)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = asked.url ?? '/'
    const body = await text(asked).catch(() => undefined)
    if (body === undefined) return
    const headers = headersOf(asked)
    const delivery = { path, headers, body }
    if (path.startsWith('/webhooks/') && this.keeps(delivery)) {
      this.kept.push(delivery)
      answer.end()
      return
    }
    const all = this.#behind[path === '/webhooks/telegram' ? 'bot' : 'api']
    const first = this.#turn++
    this.#pass(
      { method: asked.method ?? 'GET', ...delivery },
      all.map((_, place) => all[(first + place) % all.length] ?? ''),
      answer,
    )
  }

  #pass(
    asked: KeptDelivery & { readonly method: string },
    [url, ...others]: readonly string[],
    answer: ServerResponse,
  ): void {
    const refuse = (): void => {
      if (answer.headersSent) answer.destroy()
      else answer.writeHead(502, { 'content-type': 'application/json' }).end('{"code":"door"}')
    }
    if (url === undefined) {
      refuse()
      return
    }
    const { method, headers, body, path } = asked
    const passed = request(new URL(path, url), { method, headers, agent: this.#agent })
    passed.on('response', (given) => {
      const { connection: _, 'keep-alive': __, ...more } = given.headers
      answer.writeHead(given.statusCode ?? 502, more)
      given.on('error', refuse).pipe(answer)
    })
    passed.on('error', (error) => {
      const isNobody = 'code' in error && error.code === 'ECONNREFUSED'
      if (isNobody) this.#pass(asked, others, answer)
      else refuse()
    })
    passed.end(body)
  }
}

function headersOf(asked: IncomingMessage): Record<string, string> {
  const dropped = ['connection', 'keep-alive', 'transfer-encoding', 'host']
  return Object.fromEntries(
    Object.entries(asked.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !dropped.includes(name) ? [[name, value]] : [],
    ),
  )
}
