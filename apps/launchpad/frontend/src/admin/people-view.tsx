import { Card, DataTable, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import type * as z from 'zod/mini'
import { entryStatuses } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ListFilters, NO_FILTER } from './list-filters.tsx'
import { adminListQuery } from './queries.ts'
import { useAdminTexts } from './texts/texts.ts'
import { personWire } from './wire.ts'

type Person = z.infer<typeof personWire>

/** Everybody on the waitlist, with their score and what it is made of. */
export function PeopleView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const [filter, setFilter] = useState(NO_FILTER)
  const query = { status: filter.status, q: useDeferredValue(filter.text.trim()) }
  const people = useInfiniteQuery(
    adminListQuery(launchpad, personWire, '/api/waitlist/entries', query),
  )
  return (
    <Card title={words.views.people}>
      <ListFilters
        label={words.people.search}
        filter={filter}
        statuses={entryStatuses}
        names={words.statuses}
        onChange={setFilter}
      />
      <Loaded query={people} rows={5}>
        {(rows) => <People people={rows} more={people} />}
      </Loaded>
    </Card>
  )
}

function People(props: {
  people: readonly Person[]
  more: Parameters<typeof DataTable>[0]['more']
}) {
  const { texts } = useLaunchpad()
  const words = useAdminTexts()
  return (
    <DataTable
      label={words.views.people}
      rows={props.people}
      keyOf={({ id }) => id}
      empty={words.people.none}
      {...(props.more ? { more: props.more } : {})}
      columns={[
        {
          head: words.columns.place,
          cell: ({ position }) => position ?? '–',
          isNumber: true,
        },
        {
          head: words.columns.who,
          cell: ({ email, telegram, use_case: useCase }) => (
            <>
              <strong>{email ?? telegram ?? words.people.forgotten}</strong>
              <span className="clamp hint">{useCase}</span>
            </>
          ),
        },
        { head: words.columns.persona, cell: ({ persona }) => texts.personas[persona] },
        {
          head: words.columns.score,
          cell: ({ score, components: { persona, detail, keyword, referrals } }) => (
            <>
              <strong>{score}</strong>
              <span className="hint sum" title={words.people.sum}>
                {[persona, detail, keyword, referrals].join(' + ')}
              </span>
            </>
          ),
          isNumber: true,
        },
        { head: words.columns.status, cell: ({ status }) => words.statuses[status] },
        { head: words.columns.cohort, cell: ({ cohort }) => words.cohorts[cohort] },
        { head: words.columns.joined, cell: ({ joined_at: at }) => <When at={at} /> },
      ]}
    />
  )
}
