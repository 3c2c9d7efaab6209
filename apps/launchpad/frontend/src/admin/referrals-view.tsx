import { Card } from '@gramkit/mini-app/ui'
import { Branch } from './referral-branch.tsx'
import { SettingCard } from './setting-card.tsx'
import { useAdminTexts } from './texts/texts.ts'

/** Who brought whom, and what it is rewarded with. */
export function ReferralsView() {
  const words = useAdminTexts().referrals
  return (
    <>
      <Card title={words.tree} note={words.treeNote}>
        <Branch />
      </Card>
      <div className="pair">
        <SettingCard title={words.tiers} path="/api/referrals/tiers" />
        <SettingCard title={words.floors} note={words.floorsNote} path="/api/referrals/floors" />
      </div>
    </>
  )
}
