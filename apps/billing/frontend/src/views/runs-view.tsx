import { Card, DataTable, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { deskListQuery } from '../api/queries.ts'
import { runWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { Actor } from '../ui/actor.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { isOpen } from './run-progress.ts'
import { RunProgressCard } from './run-progress-card.tsx'
import { RunStart } from './run-start.tsx'

/** Bills what is due: what a run would do, how far the newest is, and all before it. */
export function RunsView() {
  const desk = useDesk()
  const { texts } = desk
  const runs = useInfiniteQuery(deskListQuery(desk, runWire, 'runs'))
  return (
    <Loaded query={runs} rows={4}>
      {([newest, ...earlier]) => (
        <>
          {newest ? <RunProgressCard key={newest.id} id={newest.id} /> : null}
          <RunStart isOpen={newest ? isOpen(newest) : false} />
          <Card title={texts.runs.earlier}>
            <DataTable
              label={texts.runs.earlier}
              rows={earlier}
              keyOf={({ id }) => id}
              empty={texts.runs.noneEarlier}
              more={runs}
              columns={[
                { head: texts.columns.started, cell: ({ createdAt }) => <When at={createdAt} /> },
                { head: texts.columns.actor, cell: ({ startedBy }) => <Actor actor={startedBy} /> },
                { head: texts.columns.ended, cell: ({ completedAt }) => <When at={completedAt} /> },
                {
                  head: texts.columns.state,
                  cell: ({ state }) => (
                    <StateBadge state={`run-${state}`} name={texts.runStates[state]} />
                  ),
                },
              ]}
            />
          </Card>
        </>
      )}
    </Loaded>
  )
}
