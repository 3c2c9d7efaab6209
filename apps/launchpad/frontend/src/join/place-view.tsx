import { whole } from '@gramkit/mini-app/texts'
import { Card } from '@gramkit/mini-app/ui'
import { Button, LargeTitle, Text } from '@telegram-apps/telegram-ui'
import type { Position } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { go } from '../route.ts'
import { ShareCard } from '../ui/share-card.tsx'
import { EntryCard } from './entry-card.tsx'

const PARTS = ['persona', 'detail', 'keyword', 'referrals'] as const

/** How far somebody has come, why, and how to come further. */
export function PlaceView({ position }: { position: Position }) {
  const { texts } = useLaunchpad()
  return (
    <div className="split">
      <div className="column">
        <PlaceCard position={position} />
        <ShareCard link={position.referral_link}>
          <Button size="m" mode="plain" onClick={() => go('me')}>
            {texts.place.mine}
          </Button>
        </ShareCard>
      </div>
      <div className="column">
        <ScoreCard position={position} />
        <EntryCard position={position} />
      </div>
    </div>
  )
}

function PlaceCard({ position: place }: { position: Position }) {
  const { language, texts } = useLaunchpad()
  const words = texts.place
  const waits: Readonly<Record<string, string>> = words.waits
  const { status, position, total_waiting: total, estimated_wait: wait } = place
  return (
    <Card title={words.title} note={words.status[status]} className="place">
      {position === null ? null : (
        <div className="place-number" aria-live="polite">
          <LargeTitle weight="1">{whole(language, position)}</LargeTitle>
          <Text className="hint">{words.of(whole(language, total))}</Text>
        </div>
      )}
      {wait === null ? null : (
        <dl className="pairs">
          <dt>{words.wait}</dt>
          <dd>{waits[wait] ?? wait}</dd>
        </dl>
      )}
      {status === 'invited' ? (
        <Button size="l" stretched onClick={() => go('redeem')}>
          {words.useCode}
        </Button>
      ) : null}
      {status === 'waiting' ? <p className="hint live">{words.live}</p> : null}
    </Card>
  )
}

function ScoreCard({ position: { score, components } }: { position: Position }) {
  const { texts } = useLaunchpad()
  const words = texts.place
  const most = Math.max(1, ...PARTS.map((part) => components[part]))
  return (
    <Card title={words.why} note={words.whyNote}>
      <ul className="score">
        {PARTS.map((part) => (
          <li key={part}>
            <span>{words.components[part]}</span>
            <strong>{components[part]}</strong>
            <span className="bar" style={{ width: `${(components[part] / most) * 100}%` }} />
          </li>
        ))}
        <li className="total">
          <span>{words.score}</span>
          <strong>{score}</strong>
        </li>
      </ul>
    </Card>
  )
}
