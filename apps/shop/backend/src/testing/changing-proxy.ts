import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A JSON object of an answer. */
export type Json = Record<string, unknown>

/** Stands between the shop and a provider, and changes what the provider answers to GET. */
export interface ChangingProxy extends AsyncDisposable {
  readonly url: string
  /** Where requests go on to; set before the first one. */
  upstream: string
  /** What is made of an answer. [nothing] */
  change: (answer: Json) => unknown
}

/** Starts a proxy that changes nothing yet. */
export async function startChangingProxy(): Promise<ChangingProxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { authorization = '', 'idempotence-key': key } = request.headers
    const answer = await fetch(`${proxy.upstream}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization,
        ...(typeof key === 'string' ? { 'idempotence-key': key } : {}),
        ...(chunks.length > 0 ? { 'content-type': 'application/json' } : {}),
      },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    const body = (await answer.json()) as Json
    const changed = request.method === 'GET' && answer.ok ? proxy.change(body) : body
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(changed))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const proxy: ChangingProxy = {
    url: `http://127.0.0.1:${port}`,
    upstream: '',
    change: (answer) => answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
