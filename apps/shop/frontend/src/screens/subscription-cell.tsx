import { answerOf } from '@gramkit/mini-app/requests'
import type { Language } from '@gramkit/mini-app/texts'
import { day } from '@gramkit/mini-app/texts'
import { ConfirmDialog, Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Badge, Button, Cell } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import type { Subscription } from '../api/wire.ts'
import { STARS } from '../purchase/offers.ts'
import { useShop } from '../shop-context.tsx'
import { money } from '../texts/format.ts'
import type { Texts } from '../texts/text-keys.ts'
import { PlanDialog } from './plan-dialog.tsx'

type Action = 'cancel' | 'resume' | 'pause' | 'withdraw-consent'

/** A subscription's state, the next charge, and what can be done about it. */
export function SubscriptionCell({ subscription }: { subscription: Subscription }) {
  const { api, language, texts } = useShop()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Action | 'change'>()
  const params = { params: { path: { id: subscription.id } } }
  const change = useMutation({
    mutationFn: (action: Action) =>
      answerOf(
        action === 'cancel'
          ? api.POST('/api/v1/subscriptions/{id}/cancel', { ...params, body: {} })
          : api.POST(`/api/v1/subscriptions/{id}/${action}`, params),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  })
  const { status, title } = subscription
  const words = texts.subscription
  return (
    <div>
      <Cell
        Component="article"
        aria-label={title}
        multiline
        className="still"
        description={describe(subscription, texts, language)}
        after={
          <Badge type="number" mode={BADGES[status]} className="badge">
            {words.status[status]}
          </Badge>
        }
      >
        {title}
      </Cell>
      <div className="cell-actions">
        {actionsOf(subscription).map((action) => (
          <Button
            key={action}
            size="s"
            mode={action === 'resume' ? 'bezeled' : 'plain'}
            loading={change.isPending && change.variables === action}
            onClick={() => (action === 'resume' ? change.mutate(action) : setAsking(action))}
          >
            {words.actions[action]}
          </Button>
        ))}
      </div>
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
      {asking === 'change' ? (
        <PlanDialog subscription={subscription} onClose={() => setAsking(undefined)} />
      ) : null}
      {asking && asking !== 'change' && asking !== 'resume' ? (
        <ConfirmDialog
          title={words.confirm[asking].title}
          note={words.confirm[asking].note(
            day(language, subscription.accessUntil ?? subscription.currentPeriodEnd),
          )}
          yes={words.confirm[asking].yes}
          no={words.keep}
          onNo={() => setAsking(undefined)}
          onYes={() => {
            setAsking(undefined)
            change.mutate(asking)
          }}
        />
      ) : null}
    </div>
  )
}

const BADGES = {
  trialing: 'primary',
  active: 'primary',
  past_due: 'critical',
  canceled: 'gray',
  paused: 'gray',
  expired: 'gray',
} as const satisfies Record<Subscription['status'], string>

/** What its user can do about it now. */
export function actionsOf(
  subscription: Subscription,
  now = Date.now(),
): readonly (Action | 'change')[] {
  const { status, gateway, hasSavedMethod, isResumableInTelegram } = subscription
  const forget = hasSavedMethod ? (['withdraw-consent'] as const) : []
  switch (status) {
    case 'active':
      // Without a price nobody charges: a gift just ends.
      return gateway === null ? [] : ['change', 'pause', 'cancel', ...forget]
    case 'past_due':
      return ['cancel', ...forget]
    case 'paused':
      return ['resume', 'cancel', ...forget]
    case 'canceled': {
      const isByTelegram = gateway === STARS.gateway
      const isOver = isByTelegram && Date.parse(subscription.currentPeriodEnd) <= now
      const canResume = !isResumableInTelegram && !isOver && (isByTelegram || hasSavedMethod)
      return canResume ? ['resume', ...forget] : forget
    }
    case 'trialing':
    case 'expired':
      return []
  }
}

function describe(subscription: Subscription, texts: Texts, language: Language): string {
  const words = texts.subscription
  const { nextCharge, currentPeriodEnd, accessUntil } = subscription
  const end = day(language, accessUntil ?? currentPeriodEnd)
  switch (subscription.status) {
    case 'trialing':
      return words.trialEnds(end)
    case 'active':
      if (!nextCharge) return words.ends(end)
      return words.renews(
        day(language, nextCharge.at),
        money(language, nextCharge.amount, nextCharge.currency),
      )
    case 'past_due':
      return nextCharge ? words.overdue : words.overdueFinal(end)
    case 'canceled':
      return subscription.isResumableInTelegram ? words.resumeInTelegram(end) : words.ends(end)
    case 'paused':
      return words.paused
    case 'expired':
      return words.ended(day(language, currentPeriodEnd))
  }
}
