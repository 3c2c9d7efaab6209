import type { SQLInputValue } from 'node:sqlite'
import type { Store } from '../store/store.ts'

/** Something a provider tells an app. */
export interface Delivery {
  readonly seq: number
  readonly provider: (typeof PROVIDERS)[number]
  /** The bot or shop it is for. */
  readonly account: string
  /** Deliveries of one queue go out one after the other, in order. */
  readonly queue: string
  /** Kind of update, or event. */
  readonly kind: string
  /** Where it goes; null for wherever the account's webhook is then. */
  readonly url: string | null
  readonly body: string
  readonly expiresAt: number
  readonly attempts: number
  readonly status: (typeof STATUSES)[number]
}

const PROVIDERS = ['telegram', 'yookassa', 'stripe'] as const

const STATUSES = ['pending', 'delivered', 'expired', 'dropped'] as const

/** A delivery that is yet to be made. */
export type NewDelivery = Omit<Delivery, 'seq' | 'attempts' | 'status'>

/** Deliveries in a table of their own: pending ones by queue, past ones for redelivery. */
export class DeliveryStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
    store.execute(`
      CREATE TABLE IF NOT EXISTS delivery (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL, account TEXT NOT NULL,
        queue TEXT NOT NULL, kind TEXT NOT NULL, url TEXT, body TEXT NOT NULL,
        expires_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        status TEXT NOT NULL DEFAULT 'pending'
      );
      CREATE INDEX IF NOT EXISTS delivery_queue ON delivery (queue, seq) WHERE status = 'pending';
      CREATE INDEX IF NOT EXISTS delivery_account ON delivery (account, seq);
    `)
  }

  /** Adds a delivery at the end of its queue. */
  add(delivery: NewDelivery): void {
    const { provider, account, queue, kind, url, body, expiresAt } = delivery
    this.#store
      .prepare(
        `INSERT INTO delivery (provider, account, queue, kind, url, body, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(provider, account, queue, kind, url, body, expiresAt)
  }

  /** The next delivery of a queue, or undefined. */
  head(queue: string): Delivery | undefined {
    return this.#select("WHERE status = 'pending' AND queue = ? ORDER BY seq LIMIT 1", [queue])[0]
  }

  /** Queues in which something waits. */
  queues(): string[] {
    return this.#store
      .prepare("SELECT DISTINCT queue FROM delivery WHERE status = 'pending'")
      .all()
      .map((row) => String(row['queue']))
  }

  /** What waits for an account, oldest first. */
  pending(account: string): Delivery[] {
    return this.#select("WHERE account = ? AND status = 'pending' ORDER BY seq", [account])
  }

  /** What a provider delivered, oldest first. */
  delivered(provider: string): Delivery[] {
    return this.#select("WHERE provider = ? AND status = 'delivered' ORDER BY seq", [provider])
  }

  /** A delivery, or undefined. */
  find(seq: number): Delivery | undefined {
    return this.#select('WHERE seq = ?', [seq])[0]
  }

  /** The last deliveries, oldest first. */
  latest(limit: number): Delivery[] {
    return this.#select('ORDER BY seq DESC LIMIT ?', [limit]).reverse()
  }

  /** Notes one more try. */
  tried(seq: number): void {
    this.#store.prepare('UPDATE delivery SET attempts = attempts + 1 WHERE seq = ?').run(seq)
  }

  /** Ends a delivery. */
  finish(seq: number, status: Exclude<Delivery['status'], 'pending'>): void {
    this.#store.prepare('UPDATE delivery SET status = ? WHERE seq = ?').run(status, seq)
  }

  #select(rest: string, values: SQLInputValue[]): Delivery[] {
    return this.#store
      .prepare(`SELECT * FROM delivery ${rest}`)
      .all(...values)
      .map((row) => ({
        seq: Number(row['seq']),
        provider: PROVIDERS.find((provider) => provider === row['provider']) ?? 'telegram',
        account: String(row['account']),
        queue: String(row['queue']),
        kind: String(row['kind']),
        url: row['url'] === null ? null : String(row['url']),
        body: String(row['body']),
        expiresAt: Number(row['expires_at']),
        attempts: Number(row['attempts']),
        status: STATUSES.find((status) => status === row['status']) ?? 'pending',
      }))
  }
}
