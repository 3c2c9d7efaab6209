import { Card, Loaded } from '@gramkit/mini-app/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { positionQuery } from '../join/queries.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ShareCard } from '../ui/share-card.tsx'
import { ChainCard } from './chain-card.tsx'
import { LeadersCard } from './leaders-card.tsx'
import { LoginCard } from './login-card.tsx'
import { QualityCard } from './quality-card.tsx'
import { mineQuery } from './queries.ts'
import { RewardsCard } from './rewards-card.tsx'
import { ShareByMail } from './share-by-mail.tsx'

/** A person's own page: whom they brought, and what it earned them. */
export function MePage() {
  const launchpad = useLaunchpad()
  const position = useQuery(positionQuery(launchpad))
  return <Loaded query={position}>{(place) => (place ? <Mine /> : <Unknown />)}</Loaded>
}

function Mine() {
  const launchpad = useLaunchpad()
  const { access, host, texts } = launchpad
  const queries = useQueryClient()
  const mine = useQuery(mineQuery(launchpad))
  const logOut = async () => {
    access.forgetPerson()
    await queries.resetQueries()
  }
  return (
    <Loaded query={mine} rows={5}>
      {(page) => (
        <div className="split">
          <div className="column">
            <ShareCard link={page.link}>
              <ShareByMail />
            </ShareCard>
            <RewardsCard mine={page} />
            <QualityCard mine={page} />
          </div>
          <div className="column">
            <ChainCard mine={page} />
            <LeadersCard rank={page.rank} />
            {host.kind === 'web' && access.isLoggedIn ? (
              <Button size="s" mode="plain" onClick={() => void logOut()}>
                {texts.login.logOut}
              </Button>
            ) : null}
          </div>
        </div>
      )}
    </Loaded>
  )
}

/** Whoever is not known here logs in; who has nothing to log in with joins first. */
function Unknown() {
  const { host, texts } = useLaunchpad()
  return (
    <div className="single">
      <Card
        title={texts.login.title}
        note={host.kind === 'telegram' ? texts.me.notListed : texts.me.unknown}
      >
        {host.kind === 'web' ? <LoginCard /> : null}
      </Card>
    </div>
  )
}
