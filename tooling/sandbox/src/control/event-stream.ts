import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Activity, Topic } from '../activity.ts'

const KEEP_ALIVE_MS = 15_000
const GATHER_MS = 30

/** Server-sent events: one `{topic}` for whatever changed, gathered for a moment. */
export function eventStream(
  activity: Activity,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { raw } = reply.hijack()
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  raw.write(': open\n\n')
  const topics = new Set<Topic>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    timer = undefined
    for (const topic of topics) raw.write(`data: ${JSON.stringify({ topic })}\n\n`)
    topics.clear()
  }
  const unwatch = activity.watch((topic) => {
    topics.add(topic)
    timer ??= setTimeout(flush, GATHER_MS)
  })
  const keepAlive = setInterval(() => raw.write(': still here\n\n'), KEEP_ALIVE_MS)
  request.raw.once('close', () => {
    unwatch()
    clearInterval(keepAlive)
    clearTimeout(timer)
  })
  return reply
}
