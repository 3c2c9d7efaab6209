import { day } from '@gramkit/mini-app/texts'
import { Card } from '@gramkit/mini-app/ui'
import { useLaunchpad } from '../launchpad-context.tsx'
import type { Mine } from './wire.ts'

const STEPS: readonly Status[] = ['shared', 'joined', 'signed_up', 'qualified']

type Status = Mine['referrals'][number]['status']

/** Whom somebody brought, and how far each of them has come. */
export function ChainCard({ mine }: { mine: Mine }) {
  const { language, texts } = useLaunchpad()
  const words = texts.me
  return (
    <Card title={words.chain} note={words.chainNote}>
      {mine.referrals.length === 0 ? <p className="empty">{words.nobody}</p> : null}
      <ul className="plain">
        {mine.referrals.map(({ id, who, status, at, flags, frozen }) => (
          <li key={id} className="friend">
            <span>
              <strong>{who}</strong> <span className="hint">{day(language, at)}</span>
            </span>
            {frozen && status !== 'clawed_back' ? (
              <span className="badge">{words.frozen}</span>
            ) : (
              <span className={`badge badge-${status}`}>{words.statuses[status]}</span>
            )}
            <Steps status={status} />
            {flags.length > 0 ? (
              <span className="hint">{flags.map((flag) => words.flags[flag]).join(', ')}</span>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Steps({ status }: { status: Status }) {
  const reached = STEPS.indexOf(status)
  return (
    <span className="dots" aria-hidden="true">
      {STEPS.map((step, index) => (
        <span key={step} className={index <= reached ? 'dot dot-done' : 'dot'} />
      ))}
    </span>
  )
}
