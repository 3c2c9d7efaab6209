import { sql } from 'drizzle-orm'
import type { Executor } from './executor.ts'

/** A word to whoever listens to a channel. */
interface Announcement {
  readonly channel: string
  readonly payload: string
}

/**
 * Sends announcements in statements of their own, after the transactions that made them.
 *
 * NOTIFY in a transaction that writes makes all such transactions of a server commit one after the
 * other: PostgreSQL keeps one lock from there until the commit is on disk. Announcements that are
 * made while a statement is under way go together with the next one, each word once.
 */
export class Announcer {
  readonly #send: (announcements: readonly Announcement[]) => Promise<unknown>
  readonly #onError: (error: Error) => void
  readonly #waiting = new Map<string, Announcement>()
  #sending: Promise<void> | undefined

  constructor(
    send: (announcements: readonly Announcement[]) => Promise<unknown>,
    onError: (error: Error) => void,
  ) {
    this.#send = send
    this.#onError = onError
  }

  /** Makes what an executor announces wait until {@link release}d by its transaction's commit. */
  hold(executor: Executor): { release(): void } {
    const held: Announcement[] = []
    announcing.set(executor, (announcement) => held.push(announcement))
    return { release: () => this.#say(held) }
  }

  /** Sends what an executor announces at once: its statements commit by themselves. */
  follow(executor: Executor): void {
    announcing.set(executor, (announcement) => this.#say([announcement]))
  }

  /** Waits until everything is said. */
  async idle(): Promise<void> {
    await this.#sending
  }

  #say(announcements: readonly Announcement[]): void {
    for (const announcement of announcements) {
      this.#waiting.set(`${announcement.channel} ${announcement.payload}`, announcement)
    }
    if (announcements.length > 0) this.#sending ??= this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    do {
      const announcements = [...this.#waiting.values()]
      this.#waiting.clear()
      await this.#send(announcements).catch(this.#onError)
    } while (this.#waiting.size > 0)
    this.#sending = undefined
  }
}

const announcing = new WeakMap<Executor, (announcement: Announcement) => void>()

/**
 * Tells listeners of a channel once what the executor wrote is committed; nothing when it is not.
 *
 * Call it after the statement it tells of. It may be lost with the process, so whoever listens
 * looks by itself from time to time.
 */
export async function announce(executor: Executor, channel: string, payload = ''): Promise<void> {
  const say = announcing.get(executor)
  if (say) say({ channel, payload })
  // An executor that no pool of the kit opened.
  else await executor.execute(sql`select pg_notify(${channel}, ${payload})`)
}
