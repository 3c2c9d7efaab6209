import { Card } from '@gramkit/mini-app/ui'
import { useLaunchpad } from '../launchpad-context.tsx'
import { Meter } from '../ui/meter.tsx'
import type { Mine } from './wire.ts'

const PARTS = ['recency', 'active_in_7_days', 'active_after_14_days'] as const

/** How good somebody's referrals are: what decides whether they are rewarded. */
export function QualityCard({ mine }: { mine: Mine }) {
  const { language, texts } = useLaunchpad()
  const words = texts.me
  const { quality_score: score, components, floor } = mine.quality
  const percent = new Intl.NumberFormat(language, { style: 'percent' })
  if (mine.referrals.length === 0) {
    return (
      <Card title={words.quality}>
        <p className="empty">{words.noQuality}</p>
      </Card>
    )
  }
  return (
    <Card title={words.quality} note={words.floors[floor]}>
      <ul className="score">
        {PARTS.map((part) => (
          <li key={part}>
            <span>{words.components[part]}</span>
            <strong>{percent.format(components[part])}</strong>
            <Meter label={words.components[part]} value={components[part]} />
          </li>
        ))}
        <li className="total">
          <span>{words.quality}</span>
          <strong>{percent.format(score)}</strong>
        </li>
      </ul>
    </Card>
  )
}
