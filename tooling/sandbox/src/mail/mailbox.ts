import type { Activity } from '../activity.ts'
import type { SandboxClock } from '../clock/clock.ts'
import type { Store } from '../store/store.ts'

/** A mail that somebody got. */
export interface ReceivedMail {
  readonly id: string
  /** The sandbox's time. */
  readonly at: string
  /** Whose mailbox it is in: the address it was sent to, in small letters. */
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  /** As the sender wrote them; names in small letters. */
  readonly headers: Readonly<Record<string, string>>
}

/** The mailboxes of everybody: whoever a mail is for has one. */
export class Mailboxes {
  readonly #store: Store
  readonly #clock: SandboxClock
  readonly #activity: Activity
  readonly #mails

  constructor(context: {
    readonly store: Store
    readonly clock: SandboxClock
    readonly activity: Activity
  }) {
    this.#store = context.store
    this.#clock = context.clock
    this.#activity = context.activity
    this.#mails = context.store.collection<ReceivedMail>('mails', { owner: ({ to }) => to })
  }

  /** Puts a mail into the mailbox of each address it is for. */
  deliver(to: readonly string[], mail: Omit<ReceivedMail, 'id' | 'at' | 'to'>): void {
    this.#store.transaction(() => {
      for (const address of to) {
        const id = String(this.#store.next('mail'))
        this.#mails.put(id, { id, at: this.#clock.iso(), to: address.toLowerCase(), ...mail })
      }
    })
    this.#activity.changed('mail')
  }

  /** The newest mails of one address, or of everybody, oldest first. */
  latest(count: number, address?: string): ReceivedMail[] {
    return this.#mails.latest(count, address?.toLowerCase())
  }
}
