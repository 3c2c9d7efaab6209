import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a webhook answers: a status, or more. */
export type Answer =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }

/** What a webhook received. */
export interface Received {
  readonly body: Record<string, unknown>
  readonly headers: NodeJS.Dict<string | string[]>
}

/** An app that a provider calls: keeps what came, and answers as it is told. */
export interface Listener extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
}

/** Listens on a free port; `answer` gives the status, or the status and headers. */
export async function listen(
  answer: (received: Received) => Answer | Promise<Answer>,
): Promise<Listener> {
  const received: Received[] = []
  const attempt = async (call: Received): Promise<Answer> => answer(call)
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', async () => {
      const call = { body: JSON.parse(text), headers: request.headers }
      received.push(call)
      const told = await attempt(call).catch(() => 500)
      const {
        status,
        headers = {},
        body = '{}',
      } = typeof told === 'number' ? { status: told } : told
      response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Waits until a condition holds, for 10 s at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('It did not happen within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
