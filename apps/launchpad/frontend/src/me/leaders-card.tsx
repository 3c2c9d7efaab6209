import { Card, DataTable, Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { useLaunchpad } from '../launchpad-context.tsx'
import { leadersQuery } from './queries.ts'

/** Who has brought the most, and where the person stands among them. */
export function LeadersCard({ rank }: { rank: number | null }) {
  const launchpad = useLaunchpad()
  const words = launchpad.texts.me
  const leaders = useQuery(leadersQuery(launchpad))
  return (
    <Card title={words.leaders} note={rank === null ? words.noRank : words.rank(rank)}>
      <Loaded query={leaders} rows={2}>
        {(rows) => (
          <DataTable
            label={words.leaders}
            rows={rows}
            keyOf={({ rank: place, name }) => `${place} ${name}`}
            empty={words.noLeaders}
            columns={[
              { head: words.place, cell: (row) => row.rank, isNumber: true },
              { head: words.name, cell: ({ name }) => name },
              { head: words.brought, cell: ({ qualified }) => qualified, isNumber: true },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
