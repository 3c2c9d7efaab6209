import { moment } from '@gramkit/mini-app/texts'
import { Failure, Field, LabelledBy } from '@gramkit/mini-app/ui'
import { useMutation } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ReasonField } from './reason-field.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { useActorName } from './use-actor-name.ts'
import { type gateWire, statusWire } from './wire.ts'

const PATH = '/api/quality/override'
const HOUR_MS = 3_600_000

/** Sets the gate by hand until a time, or gives it back to what is measured. */
export function OverrideForm({ gate }: { gate: z.infer<typeof gateWire> }) {
  const { adminApi, language } = useLaunchpad()
  const words = useAdminTexts()
  const act = useAct()
  const nameOf = useActorName()
  const [state, setState] = useState<'open' | 'closed'>('closed')
  const [hours, setHours] = useState('24')
  const [reason, setReason] = useState('')
  const set = useMutation({
    mutationFn: async () => {
      // The clock of the server counts: that of a playground may be months ahead.
      const { timestamp } = await adminApi.ask(statusWire, '/status')
      const until = new Date(Date.parse(timestamp) + Number(hours) * HOUR_MS).toISOString()
      const body = { state, until, reason: reason.trim() }
      await act.mutateAsync({ method: 'PUT', path: PATH, body })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate()
  }
  const { override } = gate
  return (
    <>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      {set.error && !act.error ? <Failure error={set.error} onHide={set.reset} /> : null}
      {override ? (
        <div className={`state state-${override.state}`}>
          <strong>
            {words.gate.setUntil(
              words.gate.states[override.state],
              moment(language, override.until),
            )}
          </strong>
          <span>
            {nameOf(override.actor)}: {override.reason}
          </span>
          <Button
            size="s"
            mode="bezeled"
            loading={act.isPending}
            onClick={() => act.mutate({ method: 'DELETE', path: PATH })}
          >
            {words.gate.giveBack}
          </Button>
        </div>
      ) : null}
      <form className="form" onSubmit={submit}>
        <LabelledBy label={words.gate.setTo}>
          <select
            value={state}
            onChange={({ target }) => setState(target.value === 'open' ? 'open' : 'closed')}
          >
            <option value="closed">{words.gate.states.closed}</option>
            <option value="open">{words.gate.states.open}</option>
          </select>
        </LabelledBy>
        <Field
          label={words.gate.hours}
          type="number"
          required
          min={1}
          max={720}
          value={hours}
          onChange={({ target }) => setHours(target.value)}
        />
        <ReasonField value={reason} onChange={setReason} />
        <Button type="submit" size="m" loading={set.isPending}>
          {words.gate.set}
        </Button>
      </form>
    </>
  )
}
