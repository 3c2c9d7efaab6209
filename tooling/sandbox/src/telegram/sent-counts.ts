import type { SandboxContext } from '../context.ts'

/** How many messages a bot sent to one chat, and how many of them it paid for. */
export interface SentCount {
  readonly userId: number
  readonly sent: number
  readonly paid: number
}

/** Counts what bots send, also the messages that are no longer kept. */
export class SentCounts {
  readonly #store: SandboxContext['store']

  constructor({ store }: Pick<SandboxContext, 'store'>) {
    this.#store = store
    store.execute(`
      CREATE TABLE IF NOT EXISTS sent_count (
        bot INTEGER NOT NULL, user INTEGER NOT NULL, sent INTEGER NOT NULL, paid INTEGER NOT NULL,
        PRIMARY KEY (bot, user)
      ) WITHOUT ROWID;
    `)
  }

  /** Counts one message. */
  add(botId: number, userId: number, isPaid: boolean): void {
    this.#store
      .prepare(
        `INSERT INTO sent_count VALUES (?, ?, 1, ?)
         ON CONFLICT (bot, user) DO UPDATE SET sent = sent + 1, paid = paid + excluded.paid`,
      )
      .run(botId, userId, isPaid ? 1 : 0)
  }

  /** The counts of every chat to which a bot has sent something. */
  list(botId: number): SentCount[] {
    return this.#store
      .prepare('SELECT user, sent, paid FROM sent_count WHERE bot = ? ORDER BY user')
      .all(botId)
      .map((row) => ({
        userId: Number(row['user']),
        sent: Number(row['sent']),
        paid: Number(row['paid']),
      }))
  }
}
