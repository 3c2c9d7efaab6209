import { Card, Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useLaunchpad } from '../launchpad-context.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Meter } from '../ui/meter.tsx'
import type { Mine } from './wire.ts'

/** The tier of what is given for the quality of referrals instead of their number. */
const QUALITY_BONUS = 'quality_bonus'

/** What bringing others earned, the codes that can be given away, and what comes next. */
export function RewardsCard({ mine }: { mine: Mine }) {
  const { texts } = useLaunchpad()
  const words = texts.me
  const { next_milestone: next, rewards, codes } = mine
  return (
    <Card title={words.rewards}>
      {next ? (
        <div>
          <p>
            {words.next(next.missing)}{' '}
            <strong>
              {next.rewards.map(({ type, amount }) => words.reward(type, amount)).join(', ')}
            </strong>
          </p>
          <Meter label={words.nextLabel} value={(next.at - next.missing) / next.at} />
        </div>
      ) : null}
      {rewards.length === 0 ? <p className="empty">{words.noRewards}</p> : null}
      <ul className="plain">
        {rewards.map(({ type, amount, tier, at }) => (
          <li key={`${type} ${tier}`}>
            <strong>{words.reward(type, amount)}</strong>{' '}
            <span className="hint">
              {tier === QUALITY_BONUS ? words.forQuality : words.forFriends(at)}
            </span>
          </li>
        ))}
      </ul>
      <ul className="plain" aria-label={words.codes}>
        {codes.map((code) => (
          <li key={code} className="link-line">
            <code className="link">{code}</code>
            <CopyButton text={code} label={`${texts.copy}: ${code}`} />
          </li>
        ))}
      </ul>
      <Earn mine={mine} />
    </Card>
  )
}

function Earn({ mine }: { mine: Mine }) {
  const { api, texts } = useLaunchpad()
  const queries = useQueryClient()
  const earn = useMutation({
    mutationFn: () => api.tell('/api/referrals/earn', { method: 'POST', body: {} }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['mine'] }),
  })
  if (mine.codes_available === 0) return null
  return (
    <>
      {earn.error ? <Failure error={earn.error} onHide={earn.reset} /> : null}
      <Button size="m" stretched loading={earn.isPending} onClick={() => earn.mutate()}>
        {texts.me.take(mine.codes_available)}
      </Button>
    </>
  )
}
