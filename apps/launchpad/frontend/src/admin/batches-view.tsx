import { Card, DataTable, Failure, Field, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { GateNote } from './gate-note.tsx'
import { ADMIN_KEY, adminListQuery, adminQuery } from './queries.ts'
import { SettingCard } from './setting-card.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { useActorName } from './use-actor-name.ts'
import { batchWire, gateWire, generatedWire } from './wire.ts'

/** Lets people in: now, by plan, and all that went out so far. */
export function BatchesView() {
  const words = useAdminTexts()
  return (
    <>
      <div className="pair">
        <GenerateCard />
        <SettingCard
          title={words.batches.plan}
          note={words.batches.planNote}
          path="/api/waitlist/plan"
        />
      </div>
      <BatchesCard />
    </>
  )
}

function GenerateCard() {
  const launchpad = useLaunchpad()
  const queries = useQueryClient()
  const words = useAdminTexts().batches
  const gate = useQuery(adminQuery(launchpad, gateWire, '/api/quality/gate'))
  const [size, setSize] = useState('50')
  const [batchId, setBatchId] = useState('')
  const generate = useMutation({
    mutationFn: () => {
      const body = {
        batch_size: Number(size),
        ...(batchId.trim() === '' ? {} : { batch_id: batchId.trim() }),
      }
      const ask = { method: 'POST', body } as const
      return launchpad.adminApi.ask(generatedWire, '/api/invites/generate', ask)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [ADMIN_KEY] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    generate.mutate()
  }
  const made = generate.data
  return (
    <Card title={words.generate} note={words.generateNote}>
      {gate.data ? <GateNote gate={gate.data} /> : null}
      <form className="form" onSubmit={submit}>
        <Field
          label={words.size}
          type="number"
          required
          min={1}
          max={1_000}
          value={size}
          onChange={({ target }) => setSize(target.value)}
        />
        <Field
          label={words.batchId}
          note={words.batchIdNote}
          maxLength={50}
          value={batchId}
          onChange={({ target }) => setBatchId(target.value)}
        />
        {generate.error ? <Failure error={generate.error} onHide={generate.reset} /> : null}
        <Button type="submit" size="l" stretched loading={generate.isPending}>
          {words.submit}
        </Button>
      </form>
      {made ? (
        <div role="status" className="outcome">
          <strong>{words.made(made.generated, made.batch_id)}</strong>
          {made.codes.length > 0 ? (
            <CopyButton text={made.codes.join('\n')} label={words.copyCodes} />
          ) : null}
        </div>
      ) : null}
    </Card>
  )
}

function BatchesCard() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const nameOf = useActorName()
  const reasons: Readonly<Record<string, string>> = { ...words.gate.states, ...words.gate.reasons }
  const refused = (codes: string) =>
    words.batches.refused(
      codes
        .split(', ')
        .map((code) => reasons[code] ?? code)
        .join(', '),
    )
  const batches = useInfiniteQuery(adminListQuery(launchpad, batchWire, '/api/invites/batches'))
  return (
    <Card title={words.batches.list}>
      <Loaded query={batches} rows={3}>
        {(rows) => (
          <DataTable
            label={words.batches.list}
            rows={rows}
            keyOf={({ batch_id: id }) => id}
            empty={words.batches.none}
            more={batches}
            columns={[
              { head: words.columns.batch, cell: ({ batch_id: id }) => id },
              { head: words.columns.asked, cell: ({ size }) => size, isNumber: true },
              { head: words.columns.invited, cell: ({ generated }) => generated, isNumber: true },
              {
                head: words.columns.outcome,
                cell: ({ refusal }) => (refusal === null ? words.batches.out : refused(refusal)),
              },
              { head: words.columns.actor, cell: ({ actor }) => nameOf(actor) },
              { head: words.columns.at, cell: ({ created_at: at }) => <When at={at} /> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
