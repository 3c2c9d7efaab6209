import { Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { positionQuery } from '../join/queries.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { Card } from '../ui/card.tsx'
import { ShareCard } from '../ui/share-card.tsx'
import { LoginCard } from './login-card.tsx'

/** A person's own page: whom they brought, and what it earned them. */
export function MePage() {
  const launchpad = useLaunchpad()
  const position = useQuery(positionQuery(launchpad))
  return (
    <div className="single">
      <Loaded query={position}>
        {(place) =>
          place ? (
            <ShareCard link={place.referral_link} />
          ) : (
            <Card title={launchpad.texts.login.title}>
              <LoginCard />
            </Card>
          )
        }
      </Loaded>
    </div>
  )
}
