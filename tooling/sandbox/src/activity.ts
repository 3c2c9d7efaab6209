import type { SandboxClock } from './clock/clock.ts'

/** What may change, for those who watch. */
export type Topic =
  | 'users'
  | 'chat'
  | 'stars'
  | 'yookassa'
  | 'stripe'
  | 'clock'
  | 'faults'
  | 'log'
  | 'bots'
  | 'mail'

/** One call, delivery or event, as the page shows it. */
export interface LogEntry {
  readonly id: number
  /** The sandbox's time. */
  readonly at: string
  readonly kind: 'call' | 'delivery' | 'event'
  readonly provider: 'telegram' | 'yookassa' | 'stripe' | 'mail' | 'sandbox'
  /** The method called, the update or event delivered, or what happened. */
  readonly name: string
  /** HTTP status; null when there was no answer. */
  readonly status: number | null
  readonly ms?: number
  readonly request?: unknown
  readonly response?: unknown
  readonly error?: string
}

const KEPT_ENTRIES = 1_000

/** Remembers the last calls and deliveries, and tells who watches that something changed. */
export class Activity {
  readonly #clock: SandboxClock
  readonly #entries: LogEntry[] = []
  readonly #watchers = new Set<(topic: Topic) => void>()
  readonly #missing = new Map<string, number>()
  #count = 0

  constructor(clock: SandboxClock) {
    this.#clock = clock
  }

  /** Adds an entry to the log. */
  log(entry: Omit<LogEntry, 'id' | 'at'>): void {
    this.#entries.push({ id: ++this.#count, at: this.#clock.iso(), ...entry })
    if (this.#entries.length > KEPT_ENTRIES) this.#entries.shift()
    this.changed('log')
  }

  /** Counts a call of a method that the sandbox does not have. */
  missed(method: string): void {
    this.#missing.set(method, (this.#missing.get(method) ?? 0) + 1)
  }

  /** Entries after an id, oldest first. */
  entries(after = 0): readonly LogEntry[] {
    return this.#entries.filter(({ id }) => id > after)
  }

  /** Methods that were called and are missing, with how often. */
  missing(): readonly { readonly method: string; readonly calls: number }[] {
    return [...this.#missing].map(([method, calls]) => ({ method, calls }))
  }

  /** Tells who watches that a topic changed. */
  changed(topic: Topic): void {
    for (const watcher of this.#watchers) watcher(topic)
  }

  /** Watches until the returned function is called. */
  watch(watcher: (topic: Topic) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}
