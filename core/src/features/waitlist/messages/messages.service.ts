import { type Clock, deriveId } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import type { Mailer } from '../../../platform/mail/index.ts'
import type { InvitesService } from '../../invites/index.ts'
import type { NotificationsService } from '../../notifications/index.ts'
import type { IdentitySettings } from '../../users/index.ts'
import type { BatchesRepository } from '../batches/batches.repository.ts'
import type { EntriesRepository } from '../entries.repository.ts'
import type { Entry } from '../entry.ts'
import { entryToken } from '../entry-token.ts'
import { WaitlistUnavailable } from '../waitlist.errors.ts'
import type { WaitlistService } from '../waitlist.service.ts'
import type { WaitlistOptions } from '../waitlist-options.ts'
import type { ToldEntry } from './messages.jobs.ts'
import {
  WAITLIST_TEMPLATES,
  type WaitlistFacts,
  type WaitlistMessage,
} from './waitlist-templates.ts'

/** All that the messages of the waitlist may touch. */
export interface MessagesScope {
  readonly clock: Clock
  readonly identity: IdentitySettings
  readonly invites: Pick<InvitesService, 'getById'>
  readonly mailer: Mailer | undefined
  readonly notifications: Pick<NotificationsService, 'send'>
  readonly waitlist: Pick<WaitlistService, 'position'>
  readonly waitlistOptions: WaitlistOptions
  readonly repos: {
    readonly waitlistBatches: Pick<BatchesRepository, 'findOpen' | 'markDelivered'>
    readonly waitlistEntries: Pick<EntriesRepository, 'findById'>
  }
}

/** Tells people on the waitlist what they wait for: in Telegram who has an account, others by mail. */
export class MessagesService {
  readonly #scope: MessagesScope

  constructor(scope: MessagesScope) {
    this.#scope = scope
  }

  /**
   * Tells somebody something, unless it is not true any more; for the job `waitlist.mail`. A mail whose
   * answer was lost is sent again under the same id.
   *
   * Must not be called inside a transaction.
   *
   * @throws {@link MailRefused} {@link MailUnavailable} {@link MailUnclear}
   * @throws {@link WaitlistUnavailable} when no mails are sent
   */
  async send({ entryId, template, occasion }: ToldEntry): Promise<void> {
    assertNoTransaction('waitlistMessages.send')
    const { clock, mailer, notifications, repos } = this.#scope
    const entry = await repos.waitlistEntries.findById(entryId)
    if (!entry) return
    const facts = await this.#factsOf(entry, template)
    if (!facts) return
    const { userId, email: to, language } = entry
    if (userId !== null) {
      await notifications.send(WAITLIST_TEMPLATES[template], facts, { userId, occasion })
      return
    }
    if (to === null) return
    if (!mailer) throw new WaitlistUnavailable()
    const reader = { language, timeZone: 'UTC' }
    const content = WAITLIST_TEMPLATES[template].texts[language](facts, reader)
    const links = (content.buttons ?? []).map(({ text, url }) => `${text}: ${url}`)
    await mailer.send({
      ...{ id: deriveId(entryId, `waitlist.${template}:${occasion}`), to },
      ...{ subject: content.title, text: [content.text, ...links].join('\n\n') },
    })
    const invite = template === 'invited' && (await repos.waitlistBatches.findOpen(entryId))
    if (invite) await repos.waitlistBatches.markDelivered(invite.id, clock.now())
  }

  /** What is true now; undefined when nothing is to be told any more. */
  async #factsOf(entry: Entry, message: WaitlistMessage): Promise<WaitlistFacts | undefined> {
    const { identity, invites, repos, waitlist, waitlistOptions } = this.#scope
    const { pageUrl } = waitlistOptions
    if (!identity.codeSecret) throw new WaitlistUnavailable()
    if (message === 'confirm') {
      if (entry.status !== 'unconfirmed') return undefined
      const token = entryToken(entry, 'confirm', identity.codeSecret)
      return { url: `${pageUrl}#confirm=${token}`, position: 0, code: '' }
    }
    if (message === 'confirmed') {
      const { position } = await waitlist.position(entry.id)
      if (entry.status !== 'waiting' || position === null) return undefined
      const token = entryToken(entry, 'position', identity.codeSecret)
      const url = entry.userId === null ? `${pageUrl}me#token=${token}` : `${pageUrl}me`
      return { url, position, code: '' }
    }
    const invite = await repos.waitlistBatches.findOpen(entry.id)
    if (!invite) return undefined
    const { code } = await invites.getById(invite.invitationId)
    const carried = new URLSearchParams({ code, ...(entry.email ? { email: entry.email } : {}) })
    return { url: `${pageUrl}redeem#${carried}`, position: 0, code }
  }
}
