/** Sends requests over keep-alive connections; a process of its own, so that it shares no thread. */
import { connect } from 'node:net'
import type { Load } from './load.ts'

process.on('message', (load: Load) => {
  send(load).then((done) => process.send?.(done))
})

async function send({ port, connections, requests, head, body, first }: Load) {
  let next = 0
  let failed = 0
  const text = (): string => {
    const number = String(first + next)
    const [filled, filledHead] = [body, head].map((part) => part.replaceAll('{n}', number))
    next += 1
    return `${filledHead}content-length: ${Buffer.byteLength(filled ?? '')}\r\n\r\n${filled}`
  }
  const client = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
      let answer = ''
      const ask = (): void => {
        if (next < requests) socket.write(text())
        else socket.end(resolve)
      }
      socket.on('connect', ask).on('error', reject)
      socket.on('data', (chunk) => {
        answer += String(chunk)
        if (!isWhole(answer)) return
        if (!answer.startsWith('HTTP/1.1 2')) failed += 1
        answer = ''
        ask()
      })
    })
  const begin = performance.now()
  await Promise.all(Array.from({ length: connections }, client))
  return { perSecond: (requests * 1_000) / (performance.now() - begin), failed }
}

/** Nobody pipelines, so what has come is one answer or the beginning of one. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1]
  return end >= 0 && answer.length - end - 4 >= Number(length)
}
