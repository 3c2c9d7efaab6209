import { Card, Failure, Field } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { tenantQuery } from '../api/queries.ts'
import { type RunPreview, runPreviewWire, runWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { minorText, useFigures } from '../figures.ts'
import { Pairs } from '../ui/pairs.tsx'

/** Says what a run would do, and starts one. */
export function RunStart({ isOpen }: { isOpen: boolean }) {
  const desk = useDesk()
  const { api, texts } = desk
  const words = texts.runs
  const queries = useQueryClient()
  const [limit, setLimit] = useState('')
  const { data: tenant } = useQuery(tenantQuery(desk))
  const threshold = tenant && limit.trim() !== '' ? minorText(limit, tenant.currency) : null
  const body = threshold === null ? {} : { approvalThreshold: threshold }
  const preview = useMutation({
    mutationFn: () => api.ask(runPreviewWire, 'runs/preview', { method: 'POST', body }),
  })
  const start = useMutation({
    mutationFn: () => api.ask(runWire, 'runs', { method: 'POST', body }),
    onSuccess: () => preview.reset(),
    onSettled: () => queries.invalidateQueries(),
  })
  const error = preview.error ?? start.error
  return (
    <Card title={words.start} note={isOpen ? words.isOpen : words.startNote}>
      {/* A limit is in the tenant's currency: whose key may not read it starts runs with the tenant's limit. */}
      {tenant ? (
        <Field
          label={words.threshold(tenant.currency)}
          note={words.thresholdNote}
          wrong={threshold === undefined ? words.thresholdWrong : undefined}
          inputMode="decimal"
          value={limit}
          onChange={({ target }) => {
            setLimit(target.value)
            preview.reset()
          }}
        />
      ) : null}
      {preview.data ? <Preview preview={preview.data} /> : null}
      {error ? (
        <Failure
          error={error}
          onHide={() => {
            preview.reset()
            start.reset()
          }}
        />
      ) : null}
      <div className="actions">
        <Button
          size="m"
          mode="bezeled"
          disabled={threshold === undefined}
          loading={preview.isPending}
          onClick={() => preview.mutate()}
        >
          {words.preview}
        </Button>
        {preview.data && preview.data.invoices > 0 && !isOpen ? (
          <Button size="m" loading={start.isPending} onClick={() => start.mutate()}>
            {words.commit(preview.data.invoices)}
          </Button>
        ) : null}
      </div>
    </Card>
  )
}

function Preview({ preview }: { preview: RunPreview }) {
  const { texts } = useDesk()
  const { money } = useFigures()
  const words = texts.runs
  return (
    <div role="status" className="outcome">
      <strong>{words.would(preview.invoices)}</strong>
      <Pairs
        rows={preview.totals.map((total) => [texts.runs.totalIn(total.currency), money(total)])}
      />
      {preview.needsApproval ? <p className="hint">{words.needsApproval}</p> : null}
      {preview.parked.length > 0 ? (
        <>
          <p>{words.wouldPark}</p>
          <ul className="plain">
            {preview.parked.map(({ subscriptionId, reason }) => (
              <li key={subscriptionId} className="parked">
                <code>…{subscriptionId.slice(-6)}</code> {reason}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  )
}
