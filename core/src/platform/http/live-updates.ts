import { PassThrough, type Readable } from 'node:stream'
import type { Database } from '../database/index.ts'
import { TooManyStreams } from './http.errors.ts'

/** Limits of live streams. */
export interface LiveUpdatesSettings {
  /** Streams one process serves. [5 000] */
  readonly streamsMax?: number
  /** Streams one person may have open in one process. [8] */
  readonly streamsPerUserMax?: number
  /** How often a silent stream is kept open. [15 000] */
  readonly heartbeatMs?: number
  /** How long a stream lasts before the client opens it again, and logs in again. [900 000] */
  readonly lifetimeMs?: number
}

/** What a client may leave unread before it is taken for gone, in bytes. */
const BACKLOG_MAX = 64 * 1_024

/**
 * Tells open screens that something of theirs changed, over server-sent events.
 *
 * One database connection for each process listens to `gramkit_user`, on which the outbox names
 * whose screen a committed change touches. A stream carries no data, only `event: changed`: the
 * client reads again what it shows, so a missed or doubled event does no harm.
 */
export class LiveUpdates {
  readonly #database: Pick<Database, 'listen'>
  readonly #settings: Required<LiveUpdatesSettings>
  readonly #streams = new Map<string, Set<PassThrough>>()
  #count = 0
  #listening: Promise<() => Promise<void>> | undefined

  constructor(database: Pick<Database, 'listen'>, settings: LiveUpdatesSettings = {}) {
    this.#database = database
    this.#settings = {
      streamsMax: settings.streamsMax ?? 5_000,
      streamsPerUserMax: settings.streamsPerUserMax ?? 8,
      heartbeatMs: settings.heartbeatMs ?? 15_000,
      lifetimeMs: settings.lifetimeMs ?? 900_000,
    }
  }

  /**
   * Opens a stream of a person's changes; it lives until either side ends it.
   *
   * @throws {@link TooManyStreams}
   */
  async open(userId: string): Promise<Readable> {
    const { streamsMax, streamsPerUserMax, heartbeatMs, lifetimeMs } = this.#settings
    if (this.#count >= streamsMax) throw new TooManyStreams({ limit: streamsMax })
    const mine = this.#streams.get(userId) ?? new Set()
    if (mine.size >= streamsPerUserMax) throw new TooManyStreams({ limit: streamsPerUserMax })

    const stream = new PassThrough({ highWaterMark: BACKLOG_MAX })
    this.#count += 1
    this.#streams.set(userId, mine.add(stream))
    const heartbeat = setInterval(() => send(stream, ': still here\n\n'), heartbeatMs)
    const ending = setTimeout(() => stream.end(), lifetimeMs)
    stream.once('close', () => {
      clearInterval(heartbeat)
      clearTimeout(ending)
      this.#count -= 1
      mine.delete(stream)
      if (mine.size === 0 && this.#streams.get(userId) === mine) this.#streams.delete(userId)
    })
    try {
      await this.#listen()
    } catch (error) {
      stream.destroy()
      throw error
    }
    send(stream, 'retry: 2000\n\n')
    return stream
  }

  /** Ends all streams and stops listening. */
  async close(): Promise<void> {
    for (const stream of this.#all()) stream.end()
    const stop = await this.#listening?.catch(() => undefined)
    this.#listening = undefined
    await stop?.()
  }

  async #listen(): Promise<void> {
    this.#listening ??= this.#database.listen('gramkit_user', (userId) => this.#tell(userId))
    try {
      await this.#listening
    } catch (error) {
      this.#listening = undefined
      throw error
    }
  }

  /** An empty payload says that the listener was away for a while: everybody reads again. */
  #tell(userId: string): void {
    const touched = userId === '' ? this.#all() : (this.#streams.get(userId) ?? [])
    for (const stream of touched) send(stream, 'event: changed\ndata: {}\n\n')
  }

  #all(): PassThrough[] {
    return [...this.#streams.values()].flatMap((streams) => [...streams])
  }
}

function send(stream: PassThrough, text: string): void {
  if (stream.writableEnded || stream.destroyed) return
  if (stream.writableLength + stream.readableLength > BACKLOG_MAX) stream.destroy()
  else stream.write(text)
}
