import { Card, ConfirmDialog, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useEffect, useState } from 'react'
import { deskQuery, useAct } from '../api/queries.ts'
import { type RunProgress, runProgressWire, runWorkWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { Pairs } from '../ui/pairs.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { ParkedList } from './parked-list.tsx'
import { isOpen, isWorking, progressOf } from './run-progress.ts'

const WATCHED_MS = 1_000
const LIVE_MS = 15_000

/** How far a run is; followed while it works. */
export function RunProgressCard({ id }: { id: string }) {
  const desk = useDesk()
  const { texts } = desk
  const run = useQuery({
    ...deskQuery(desk, runProgressWire, `runs/${id}`),
    refetchInterval: ({ state: { data } }) => (data && isWorking(data) ? WATCHED_MS : LIVE_MS),
  })
  useWork(run.data)
  return (
    <Loaded query={run} rows={3}>
      {(progress) => (
        <Card
          title={isOpen(progress) ? texts.runs.current : texts.runs.last}
          actions={
            <StateBadge state={`run-${progress.state}`} name={texts.runStates[progress.state]} />
          }
        >
          <Figures run={progress} />
          {progress.state === 'waiting' ? <Decision id={id} /> : null}
          {progress.parked > 0 ? <ParkedList /> : null}
        </Card>
      )}
    </Loaded>
  )
}

/**
 * Does the next batch whenever the run has gone on. The workers do so as well, and go on when the page
 * is closed; whoever only may read leaves it to them.
 */
function useWork(run: RunProgress | undefined): void {
  const { api } = useDesk()
  const queries = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: (id: string) => api.ask(runWorkWire, `runs/${id}/work`, { method: 'POST' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [`runs/${run?.id}`] }),
  })
  useEffect(() => {
    if (run && isWorking(run)) mutate(run.id)
  }, [run, mutate])
}

function Figures({ run }: { run: RunProgress }) {
  const { texts } = useDesk()
  const words = texts.runs
  return (
    <>
      {run.state === 'waiting' ? <p className="hint">{words.waits}</p> : null}
      <div role="status">
        <meter
          className="meter"
          aria-label={words.progress}
          min={0}
          max={1}
          value={progressOf(run)}
        />
      </div>
      <Pairs
        rows={[
          [texts.columns.started, <When key="started" at={run.createdAt} />],
          [
            texts.columns.ended,
            run.completedAt === null ? null : <When key="ended" at={run.completedAt} />,
          ],
          [words.made, String(run.invoices)],
          [words.numbered, String(run.invoices - run.drafts)],
          [words.due, run.state === 'billing' || run.state === 'waiting' ? String(run.due) : null],
          [words.parked, String(run.parked)],
        ]}
      />
    </>
  )
}

function Decision({ id }: { id: string }) {
  const { texts } = useDesk()
  const words = texts.runs
  const act = useAct()
  const [isRejecting, setRejecting] = useState(false)
  return (
    <>
      <div className="actions">
        <Button
          size="m"
          loading={act.isPending}
          onClick={() => act.mutate({ path: `runs/${id}/approve` })}
        >
          {words.approve}
        </Button>
        <Button size="m" mode="bezeled" onClick={() => setRejecting(true)}>
          {words.reject}
        </Button>
      </div>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      {isRejecting ? (
        <ConfirmDialog
          title={words.rejectTitle}
          note={words.rejectNote}
          yes={words.reject}
          no={texts.cancel}
          onYes={() => {
            act.mutate({ path: `runs/${id}/reject` })
            setRejecting(false)
          }}
          onNo={() => setRejecting(false)}
        />
      ) : null}
    </>
  )
}
