/**
 * Events between processes over Redis Streams. Needs `ioredis`.
 *
 * @module
 */
import { Redis } from 'ioredis'
import { z } from 'zod'
import { addMs, newId } from '../../kernel/index.ts'
import type { DomainEvent, EventDefinition } from '../outbox/index.ts'
import { BusUnavailable } from './bus.errors.ts'
import type { EventBus, EventHandler, HandlerErrors } from './event-bus.ts'

/** How the bus is reached. */
export interface RedisBusOptions {
  readonly url: string
  /** Told of handlers that failed, and of Redis when it is away; the bus goes on by itself. */
  readonly onError: HandlerErrors
  /** Time after which an event that a process took and did not finish goes to another. [60 000] */
  readonly staleMs?: number
}

/** Events a stream keeps, roughly: what is older was missed by who was away for so long. */
const STREAM_LENGTH = 10_000
const BATCH = 32
const BLOCK_MS = 1_000
const RETRY_MS = 500
/** A Redis that takes longer to answer is away. */
const ANSWER_MS = 5_000
/** Less than that, so that no command is given up while it waits to be sent. */
const CONNECT_MS = 3_000

const AWAY: readonly string[] = ['close', 'reconnecting', 'end']

const storedEvent = z.object({
  id: z.uuid(),
  name: z.string(),
  version: z.number(),
  occurredAt: z.coerce.date(),
  subjectId: z.string(),
  userId: z.uuid().nullable(),
  payload: z.unknown(),
})
const entry = z.tuple([z.string(), z.array(z.string()).nullable()])
const readAnswer = z.array(z.tuple([z.string(), z.array(entry)])).nullable()
const claimAnswer = z.tuple([z.string(), z.array(entry)]).rest(z.unknown())

/**
 * Opens a bus between all processes that use one Redis. Each kind of event is a stream and each
 * name a consumer group of it: the group keeps its place, so who comes back after a restart hears
 * what it missed, as far as the stream reaches.
 *
 * @example
 * await using bus = openRedisBus({ url, onError: (error) => logger.error({ err: error }, 'bus') })
 */
export function openRedisBus({ url, onError, staleMs = 60_000 }: RedisBusOptions): EventBus {
  const open = (): Redis => {
    // What waits for a connection fails with it: it is not kept and sent later.
    const waits = { maxRetriesPerRequest: 0, connectTimeout: CONNECT_MS, commandTimeout: ANSWER_MS }
    const redis = new Redis(url, waits)
    redis.on('error', (error) => onError(error, { name: 'redis' }))
    return redis
  }
  const publisher = open()
  const endings = new Set<() => Promise<void>>()
  const close = async (): Promise<void> => {
    await Promise.all([...endings].map((end) => end()))
    publisher.disconnect()
  }
  return {
    async publish(event) {
      if (AWAY.includes(publisher.status)) throw new BusUnavailable()
      const text = JSON.stringify(event)
      try {
        await publisher.xadd(streamOf(event), 'MAXLEN', '~', STREAM_LENGTH, '*', 'event', text)
      } catch (cause) {
        throw new BusUnavailable({ cause })
      }
    },
    async subscribe(event, handle, { name }) {
      const listener = new Listener({ redis: open(), event, handle, name, onError, staleMs })
      await listener.open()
      const running = listener.run()
      const end = async (): Promise<void> => {
        endings.delete(end)
        listener.stop()
        // Within seconds, as no command waits for longer; a handler that runs is waited for.
        await running
      }
      endings.add(end)
      return end
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface ListenerOptions<Payload> {
  readonly redis: Redis
  readonly event: EventDefinition<Payload>
  readonly handle: EventHandler<Payload>
  readonly name: string
  readonly onError: HandlerErrors
  readonly staleMs: number
}

/** One subscription: reads on a connection of its own, as reading waits. */
class Listener<Payload> {
  readonly #options: ListenerOptions<Payload>
  readonly #consumer = newId()
  readonly #stopping = new AbortController()

  constructor(options: ListenerOptions<Payload>) {
    this.#options = options
  }

  /** @throws {@link BusUnavailable} */
  async open(): Promise<void> {
    try {
      await this.#enter('$')
    } catch (cause) {
      this.#options.redis.disconnect()
      throw new BusUnavailable({ cause })
    }
  }

  /** Takes its place in the stream, or finds the one that its group has. */
  async #enter(from: '$' | '0'): Promise<void> {
    const { redis, event, name } = this.#options
    try {
      await redis.xgroup('CREATE', streamOf(event), name, from, 'MKSTREAM')
    } catch (error) {
      if (!isAnswer(error, 'BUSYGROUP')) throw error
    }
  }

  async run(): Promise<void> {
    const { redis, name, onError } = this.#options
    let claimAt = new Date()
    while (!this.#stopping.signal.aborted) {
      try {
        if (new Date() >= claimAt) {
          await this.#hearAll(await this.#claimStale())
          claimAt = addMs(new Date(), this.#options.staleMs / 2)
        }
        await this.#hearAll(await this.#read())
      } catch (error) {
        if (this.#stopping.signal.aborted) break
        onError(error, { name })
        await pause(RETRY_MS, this.#stopping.signal)
        // Redis came back empty: what was published since then is in the stream.
        if (isAnswer(error, 'NOGROUP')) await this.#enter('0').catch(() => {})
      }
    }
    await this.#leave().catch((error: unknown) => onError(error, { name }))
    redis.disconnect()
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Takes its name off the group, unless it has read what it did not come to: others take that. */
  async #leave(): Promise<void> {
    const { redis, event, name } = this.#options
    const unfinished = await redis.xpending(streamOf(event), name, '-', '+', 1, this.#consumer)
    if (unfinished.length === 0) {
      await redis.xgroup('DELCONSUMER', streamOf(event), name, this.#consumer)
    }
  }

  async #read(): Promise<z.infer<typeof entry>[]> {
    const { redis, event, name } = this.#options
    const answer = await redis.xreadgroup(
      ...(['GROUP', name, this.#consumer, 'COUNT', BATCH, 'BLOCK', BLOCK_MS] as const),
      ...(['STREAMS', streamOf(event), '>'] as const),
    )
    return readAnswer.parse(answer)?.flatMap(([, entries]) => entries) ?? []
  }

  async #claimStale(): Promise<z.infer<typeof entry>[]> {
    const { redis, event, name, staleMs } = this.#options
    const answer = await redis.xautoclaim(
      ...([streamOf(event), name, this.#consumer, staleMs, '0', 'COUNT', BATCH] as const),
    )
    return claimAnswer.parse(answer)[1]
  }

  async #hearAll(entries: readonly z.infer<typeof entry>[]): Promise<void> {
    const { redis, event, name } = this.#options
    for (const [id, fields] of entries) {
      if (this.#stopping.signal.aborted) return
      await this.#hear(fields?.[1])
      await redis.xack(streamOf(event), name, id)
    }
  }

  async #hear(text: string | undefined): Promise<void> {
    const { event, handle, name, onError } = this.#options
    let eventId: string | undefined
    try {
      // A claimed entry that the stream has dropped meanwhile has no fields.
      if (text === undefined) return
      const stored: DomainEvent = storedEvent.parse(JSON.parse(text))
      eventId = stored.id
      await handle({ ...stored, payload: event.schema.parse(stored.payload) })
    } catch (error) {
      onError(error, eventId === undefined ? { name } : { name, eventId })
    }
  }
}

function streamOf({ name, version }: Pick<DomainEvent, 'name' | 'version'>): string {
  return `gramkit:event:${name}:${version}`
}

function isAnswer(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
