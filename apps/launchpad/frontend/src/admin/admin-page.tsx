import { toRequestFailed } from '@gramkit/mini-app/requests'
import { Failure, SkeletonRows } from '@gramkit/mini-app/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useLaunchpad } from '../launchpad-context.tsx'
import { addressOf, usePlace } from '../route.ts'
import { AlertsView } from './alerts-view.tsx'
import { AuditView } from './audit-view.tsx'
import { BatchesView } from './batches-view.tsx'
import { CodesView } from './codes-view.tsx'
import { GateView } from './gate-view.tsx'
import { OverviewView } from './overview-view.tsx'
import { PeopleView } from './people-view.tsx'
import { adminQuery, LIVE_MS } from './queries.ts'
import { ReferralsView } from './referrals-view.tsx'
import { ScoreView } from './score-view.tsx'
import { SignIn } from './sign-in.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { gateWire } from './wire.ts'

const VIEWS = {
  overview: OverviewView,
  batches: BatchesView,
  codes: CodesView,
  people: PeopleView,
  score: ScoreView,
  referrals: ReferralsView,
  gate: GateView,
  alerts: AlertsView,
  audit: AuditView,
}

const NAMES = Object.keys(VIEWS).filter(isView)

/** For administrators: how the launch goes, and everything by which it is steered. */
export function AdminPage() {
  const launchpad = useLaunchpad()
  const gate = useQuery({
    ...adminQuery(launchpad, gateWire, '/api/quality/gate'),
    retry: false,
    // What failed is asked again only by hand: nothing moves under whoever types a token.
    refetchInterval: ({ state }) => (state.data === undefined ? false : LIVE_MS),
    refetchOnWindowFocus: false,
  })
  const refusal = gate.error ? toRequestFailed(gate.error) : undefined
  if (refusal && (refusal.status === 401 || refusal.status === 403)) {
    const isAnswer = launchpad.access.hasAdminToken || refusal.status === 403
    return <SignIn refusal={isAnswer ? refusal : undefined} />
  }
  if (refusal && !gate.data) {
    return <Failure error={refusal} onRetry={() => void gate.refetch()} />
  }
  return gate.data ? <Views /> : <SkeletonRows count={5} />
}

function Views() {
  const { access } = useLaunchpad()
  const queries = useQueryClient()
  const { part } = usePlace()
  const words = useAdminTexts()
  const view = isView(part) ? part : 'overview'
  const View = VIEWS[view]
  const signOut = async () => {
    access.forgetAdmin()
    await queries.resetQueries()
  }
  return (
    <div className="admin">
      <nav className="views" aria-label={words.nav}>
        {NAMES.map((name) => (
          <a
            key={name}
            href={addressOf('admin', name)}
            aria-current={name === view ? 'page' : undefined}
          >
            {words.views[name]}
          </a>
        ))}
        {access.hasAdminToken ? (
          <Button size="s" mode="plain" onClick={() => void signOut()}>
            {words.signOut}
          </Button>
        ) : null}
      </nav>
      <div className="column">
        <View />
      </div>
    </div>
  )
}

function isView(name: string): name is keyof typeof VIEWS {
  return Object.hasOwn(VIEWS, name)
}
