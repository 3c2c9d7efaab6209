import {
  defineTemplate,
  type Facts,
  type MessageContent,
  type MessageReader,
  type NotificationTemplate,
} from '@gramkit/core/notifications'
import { z } from 'zod'
import { dayText, moneyText, NOTICE_TEXTS, type NoticeTexts } from './notice-texts.ts'

const VALID_MS = 3 * 86_400_000

const titled = z.object({ title: z.string() })
const dated = titled.extend({ at: z.iso.datetime() })
const charged = dated.extend({ amount: z.string(), currency: z.string() })
const linked = titled.extend({ link: z.url() })

/** What people are told of their payments and subscriptions, whatever they turned off. */
export const NOTICES = {
  paid: notice('payment.paid', titled, ({ paid }, { title }) => paid(title)),
  renewed: notice('payment.renewed', titled, ({ renewed }, { title }) => renewed(title)),
  refunded: notice('payment.refunded', titled, ({ refunded }, { title }) => refunded(title)),
  renewing: notice('subscription.renewing', charged, ({ renewing }, facts, day) =>
    renewing(facts.title, day(facts.at), moneyText(facts.amount, facts.currency)),
  ),
  trialEnding: ofDay('subscription.trial_ending', 'trialEnding'),
  ending: ofDay('subscription.ending', 'ending'),
  declined: ofDay('subscription.declined', 'declined'),
  declinedFinally: ofDay('subscription.declined_finally', 'declinedFinally'),
  changeDeclined: notice('subscription.change_declined', titled, ({ changeDeclined }, { title }) =>
    changeDeclined(title),
  ),
  expired: notice('subscription.expired', titled, ({ expired }, { title }) => expired(title)),
  /** The link pays for the plan that was chosen to follow. */
  followed: notice('subscription.followed', linked, ({ followed, pay }, { title, link }) => ({
    text: followed(title),
    buttons: [{ text: pay, url: link }],
  })),
  gifted: ofDay('subscription.gifted', 'gifted'),
}

type Written = string | Omit<MessageContent, 'title'>

function notice<Filled extends Facts & { readonly title: string }>(
  id: string,
  schema: z.ZodType<Filled>,
  write: (texts: NoticeTexts, facts: Filled, day: (instant: string) => string) => Written,
): NotificationTemplate<Filled> {
  const content = (facts: Filled, reader: MessageReader): MessageContent => {
    const written = write(NOTICE_TEXTS[reader.language], facts, (at) => dayText(reader, at))
    return { title: facts.title, ...(typeof written === 'string' ? { text: written } : written) }
  }
  return defineTemplate({
    id,
    topic: null,
    priority: 'high',
    channels: ['telegram', 'email', 'webhook'],
    validMs: VALID_MS,
    schema,
    texts: { en: content, ru: content },
  })
}

function ofDay(
  id: string,
  which: 'trialEnding' | 'ending' | 'declined' | 'declinedFinally' | 'gifted',
) {
  return notice(id, dated, (texts, { title, at }, day) => texts[which](title, day(at)))
}
