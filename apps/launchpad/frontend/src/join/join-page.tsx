import { Card, Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { LargeTitle, Text } from '@telegram-apps/telegram-ui'
import { type ReactNode, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { LoginCard } from '../me/login-card.tsx'
import { ConfirmCard } from './confirm-card.tsx'
import { JoinCard } from './join-card.tsx'
import { PlaceView } from './place-view.tsx'
import { positionQuery, statsQuery } from './queries.ts'

/** Where people join the waitlist, and then see how far they have come. */
export function JoinPage() {
  const launchpad = useLaunchpad()
  const position = useQuery(positionQuery(launchpad))
  const [confirmation, setConfirmation] = useState(launchpad.carried.get('confirm'))
  if (confirmation !== null) {
    return (
      <Split>
        <ConfirmCard token={confirmation} onDone={() => setConfirmation(null)} />
      </Split>
    )
  }
  return (
    <Loaded query={position} rows={3}>
      {(place) =>
        place && place.status !== 'lapsed' ? (
          <PlaceView position={place} />
        ) : (
          <Split>
            {place ? (
              <p className="state state-slowed">{launchpad.texts.place.status.lapsed}</p>
            ) : null}
            <JoinCard />
            {launchpad.host.kind === 'web' ? <Known /> : null}
          </Split>
        )
      }
    </Loaded>
  )
}

/** What the waitlist is, beside what there is to do. */
function Split({ children }: { children: ReactNode }) {
  return (
    <div className="split front">
      <Welcome />
      <div className="column front-work">{children}</div>
      <Order />
    </div>
  )
}

function Welcome() {
  const launchpad = useLaunchpad()
  const words = launchpad.texts.join
  const { data: stats } = useQuery(statsQuery(launchpad))
  return (
    <div className="column front-welcome">
      <LargeTitle weight="1">{words.title}</LargeTitle>
      <Text className="lead">{words.lead}</Text>
      {stats ? (
        <ul className="chips">
          <li className="chip chip-strong">{words.waiting(stats.total)}</li>
          <li className="chip">{words.joinedToday(stats.joined_today)}</li>
          <li className="chip">{words.invitedToday(stats.processed_today)}</li>
        </ul>
      ) : null}
    </div>
  )
}

function Order() {
  const words = useLaunchpad().texts.join
  return (
    <Card title={words.orderTitle} note={words.orderNote} className="front-order">
      <ol className="steps">
        {words.order.map(({ title, note }) => (
          <li key={title}>
            <strong>{title}</strong>
            <span className="hint">{note}</span>
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Known() {
  const { texts } = useLaunchpad()
  return (
    <details className="card known">
      <summary>{texts.join.known}</summary>
      <LoginCard />
    </details>
  )
}
