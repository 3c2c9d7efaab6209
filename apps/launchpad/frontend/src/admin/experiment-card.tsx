import { moment } from '@gramkit/mini-app/texts'
import { Card, DataTable, Failure, Field, Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { useFigures } from './figures.ts'
import { LeafFields } from './leaf-fields.tsx'
import { adminQuery } from './queries.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { ReasonField } from './reason-field.tsx'
import type { Json } from './setting-leaves.ts'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { experimentWire, settingWire } from './wire.ts'

const PATH = '/api/waitlist/experiment'

type Experiment = z.infer<typeof experimentWire>

/** Other weights for a part of those who join, beside the weights of everybody. */
export function ExperimentCard() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts().experiment
  const experiment = useQuery(adminQuery(launchpad, experimentWire, PATH))
  const weights = useQuery(adminQuery(launchpad, settingWire, '/api/waitlist/weights'))
  return (
    <Card title={words.title} note={words.note}>
      <Loaded query={experiment}>
        {(current) => (
          <>
            {current.value === null ? null : <Report experiment={current} />}
            {current.value?.stoppedAt === null ? (
              <Stop />
            ) : (
              <Loaded query={weights}>{({ value }) => <Start weights={value} />}</Loaded>
            )}
          </>
        )}
      </Loaded>
    </Card>
  )
}

function Report({ experiment: { value, report } }: { experiment: Experiment }) {
  const { language } = useLaunchpad()
  const words = useAdminTexts()
  const { decimal, percent } = useFigures()
  if (value === null) return null
  const since = moment(language, value.startedAt)
  return (
    <>
      <p>
        {value.stoppedAt === null
          ? words.experiment.runs(value.sharePercent, since)
          : words.experiment.ran(value.sharePercent, since, moment(language, value.stoppedAt))}
      </p>
      <DataTable
        label={words.experiment.title}
        rows={report}
        keyOf={({ cohort }) => cohort}
        empty={words.nothing}
        columns={[
          { head: words.columns.cohort, cell: ({ cohort }) => words.cohorts[cohort] },
          { head: words.steps.joined, cell: ({ joined }) => joined, isNumber: true },
          {
            head: words.steps.invited,
            cell: ({ invited, joined }) => `${invited} (${percent(part(invited, joined))})`,
            isNumber: true,
          },
          {
            head: words.steps.admitted,
            cell: ({ admitted, joined }) => `${admitted} (${percent(part(admitted, joined))})`,
            isNumber: true,
          },
          {
            head: words.experiment.hours,
            cell: ({ hours_to_invite: hours }) => (hours === null ? '–' : decimal(hours)),
            isNumber: true,
          },
        ]}
      />
    </>
  )
}

function Stop() {
  const words = useAdminTexts().experiment
  const act = useAct()
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      <Button size="m" mode="bezeled" loading={act.isPending} onClick={() => setAsking(true)}>
        {words.stop}
      </Button>
      {isAsking ? (
        <ReasonDialog
          title={words.stop}
          note={words.stopNote}
          yes={words.stop}
          onNo={() => setAsking(false)}
          onYes={(reason) => {
            setAsking(false)
            act.mutate({ method: 'DELETE', path: PATH, body: { reason } })
          }}
        />
      ) : null}
    </>
  )
}

function Start({ weights: initial }: { weights: Json }) {
  const words = useAdminTexts()
  const act = useAct()
  const [weights, setWeights] = useState(initial)
  const [share, setShare] = useState('50')
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { weights, share_percent: Number(share), reason: reason.trim() }
    act.mutate({ method: 'PUT', path: PATH, body })
  }
  return (
    <details>
      <summary>{words.experiment.start}</summary>
      <form className="form" onSubmit={submit}>
        <LeafFields value={weights} onChange={setWeights} />
        <Field
          label={words.experiment.share}
          type="number"
          required
          min={1}
          max={99}
          value={share}
          onChange={({ target }) => setShare(target.value)}
        />
        <ReasonField value={reason} onChange={setReason} />
        {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
        <Button type="submit" size="m" loading={act.isPending}>
          {words.experiment.start}
        </Button>
      </form>
    </details>
  )
}

function part(count: number, of: number): number | null {
  return of === 0 ? null : count / of
}
