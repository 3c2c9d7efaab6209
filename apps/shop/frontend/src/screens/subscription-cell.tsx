import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Badge, Button, Cell } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { answerOf } from '../api/api.ts'
import type { Subscription } from '../api/wire.ts'
import { useShop } from '../shop-context.ts'
import { day } from '../texts/format.ts'
import type { Language } from '../texts/language.ts'
import type { Texts } from '../texts/text-keys.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Failure } from '../ui/failure.tsx'

/** A subscription's state, with the one thing that can be done about it. */
export function SubscriptionCell({ subscription }: { subscription: Subscription }) {
  const { api, language, texts } = useShop()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const params = { params: { path: { id: subscription.id } } }
  const change = useMutation({
    mutationFn: (action: 'cancel' | 'resume') =>
      answerOf(
        action === 'cancel'
          ? api.POST('/api/v1/subscriptions/{id}/cancel', { ...params, body: {} })
          : api.POST('/api/v1/subscriptions/{id}/resume', params),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  })
  const { status, title, currentPeriodEnd } = subscription
  const words = texts.subscription
  const isRenewing = status === 'active' || status === 'past_due'
  return (
    <div>
      <Cell
        Component="article"
        aria-label={title}
        multiline
        className="still"
        description={describe(subscription, texts, language)}
        after={
          <Badge type="number" mode={BADGES[status]}>
            {words.status[status]}
          </Badge>
        }
      >
        {title}
      </Cell>
      {status === 'expired' ? null : (
        <div className="cell-action">
          <Button
            size="s"
            mode={isRenewing ? 'plain' : 'bezeled'}
            loading={change.isPending}
            onClick={() => (isRenewing ? setIsAsking(true) : change.mutate('resume'))}
          >
            {isRenewing ? words.cancel : words.resume}
          </Button>
        </div>
      )}
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
      {isAsking ? (
        <ConfirmDialog
          title={words.confirm.title}
          note={words.confirm.note(day(language, currentPeriodEnd))}
          yes={words.confirm.yes}
          no={words.confirm.no}
          onNo={() => setIsAsking(false)}
          onYes={() => {
            setIsAsking(false)
            change.mutate('cancel')
          }}
        />
      ) : null}
    </div>
  )
}

const BADGES = {
  active: 'primary',
  past_due: 'critical',
  canceled: 'gray',
  expired: 'gray',
} as const satisfies Record<Subscription['status'], string>

function describe(subscription: Subscription, texts: Texts, language: Language): string {
  const end = day(language, subscription.currentPeriodEnd)
  switch (subscription.status) {
    case 'active':
      return texts.subscription.renews(end)
    case 'past_due':
      return texts.subscription.overdue
    case 'canceled':
      return texts.subscription.ends(end)
    case 'expired':
      return texts.subscription.ended(end)
  }
}
