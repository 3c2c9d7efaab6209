import { DAY_MS, deriveId } from '../../kernel/index.ts'
import { assertNoTransaction } from '../../platform/database/index.ts'
import type { Limiter } from '../../platform/limits/index.ts'
import type { Mailer } from '../../platform/mail/index.ts'
import type { NotificationsService } from '../notifications/index.ts'
import type { EntriesRepository, WaitlistOptions } from '../waitlist/index.ts'
import { referralJoinedTemplate } from './referral-templates.ts'
import type { ReferralsRepository } from './referrals.repository.ts'

/** All that the messages of referrals may touch. */
export interface ReferralMessagesScope {
  readonly limiter: Pick<Limiter, 'take'>
  readonly mailer: Mailer | undefined
  readonly notifications: Pick<NotificationsService, 'send'>
  readonly waitlistOptions: WaitlistOptions
  readonly repos: {
    readonly referrals: Pick<ReferralsRepository, 'findById'>
    readonly waitlistEntries: Pick<EntriesRepository, 'findById'>
  }
}

const RATE = { limit: 3, perMs: DAY_MS }

/** Tells inviters that somebody came by them: who has no account by mail. */
export class ReferralMessagesService {
  readonly #scope: ReferralMessagesScope

  constructor(scope: ReferralMessagesScope) {
    this.#scope = scope
  }

  /**
   * Tells an inviter of a referral, at most three times a day; for the job `referrals.tell_joined`.
   *
   * Must not be called inside a transaction.
   *
   * @throws {@link MailRefused} {@link MailUnavailable} {@link MailUnclear}
   */
  async tellJoined(referralId: string): Promise<void> {
    assertNoTransaction('referralMessages.tellJoined')
    const { limiter, mailer, notifications, repos, waitlistOptions } = this.#scope
    const found = await repos.referrals.findById(referralId)
    const inviter = found && (await repos.waitlistEntries.findById(found.inviterEntryId))
    if (!inviter || inviter.status === 'left') return
    const { isAllowed } = await limiter.take('referrals.tell_joined', inviter.id, RATE)
    if (!isAllowed) return
    const facts = { url: `${waitlistOptions.pageUrl}me` }
    const { userId, email: to, language } = inviter
    if (userId !== null) {
      await notifications.send(referralJoinedTemplate, facts, { userId, occasion: referralId })
    } else if (to !== null && mailer) {
      const reader = { language, timeZone: 'UTC' }
      const { title, text } = referralJoinedTemplate.texts[language](facts, reader)
      const id = deriveId(referralId, 'joined')
      await mailer.send({ id, to, subject: title, text: `${text}\n\n${facts.url}` })
    }
  }
}
