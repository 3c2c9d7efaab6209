/** What travels through the queue: never more than a name and an id. */
export type QueueMessage =
  | { readonly kind: 'job'; readonly name: string; readonly id: string }
  | { readonly kind: 'tick'; readonly name: string }

/** A repeating message. */
export interface Tick {
  readonly name: string
  readonly everyMs: number
}

/** How a worker takes messages. */
export interface WorkerOptions {
  /** Messages in hand at once. */
  readonly concurrency: number
  /** Never rejects: what became of the work is in its row. */
  take(message: QueueMessage): Promise<void>
}

/**
 * Carries messages from the relay to workers, at least once, and may lose them all: the rows in
 * PostgreSQL are the truth, and a message that nobody took is sent again.
 */
export interface JobTransport {
  /** Sends a message for each job; rejects within seconds when the queue cannot be reached. */
  send(jobs: readonly { readonly id: string; readonly name: string }[]): Promise<void>
  /** Puts the repeating messages in place, where they are missing, different or stuck. */
  keepTicking(ticks: readonly Tick[]): Promise<void>
  /** Starts taking messages until the returned worker is closed. */
  startWorker(options: WorkerOptions): Promise<TransportWorker>
  /** Closes connections within seconds, whatever state the queue is in. */
  close(): Promise<void>
}

/** A running taker of messages. */
export interface TransportWorker {
  /** Lets the messages in hand finish for a few seconds, then closes. */
  close(): Promise<void>
}
