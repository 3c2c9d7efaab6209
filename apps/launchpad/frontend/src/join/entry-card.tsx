import { ConfirmDialog, Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { type Persona, type Position, positionWire } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { UseCaseFields } from './use-case-fields.tsx'

/** Changes what somebody told of themselves, or takes them off the waitlist. */
export function EntryCard({ position }: { position: Position }) {
  const { access, api, host, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.place
  const [isLeaving, setLeaving] = useState(false)
  const forget = () => {
    access.forgetPerson()
    queries.setQueryData(['position'], null)
  }
  const leave = useMutation({
    mutationFn: () => api.tell('/api/waitlist/entry', { method: 'DELETE' }),
    onSuccess: forget,
  })
  return (
    <div className="card quiet">
      <details>
        <summary>{words.edit}</summary>
        <EntryForm position={position} />
      </details>
      {leave.error ? <Failure error={leave.error} onHide={leave.reset} /> : null}
      <div className="actions">
        <Button size="s" mode="plain" loading={leave.isPending} onClick={() => setLeaving(true)}>
          <span className="dangerous">{words.leave}</span>
        </Button>
        {host.kind === 'web' ? (
          <Button size="s" mode="plain" onClick={forget}>
            {words.forget}
          </Button>
        ) : null}
      </div>
      {isLeaving ? (
        <ConfirmDialog
          title={words.leaveTitle}
          note={words.leaveNote}
          yes={words.leaveYes}
          no={words.stay}
          onNo={() => setLeaving(false)}
          onYes={() => {
            setLeaving(false)
            leave.mutate()
          }}
        />
      ) : null}
    </div>
  )
}

function EntryForm({ position }: { position: Position }) {
  const { api, texts } = useLaunchpad()
  const queries = useQueryClient()
  const [persona, setPersona] = useState<Persona>(position.persona)
  const [useCase, setUseCase] = useState(position.use_case)
  const change = useMutation({
    mutationFn: () => {
      const body = { use_case: useCase.trim(), persona }
      return api.ask(positionWire, '/api/waitlist/entry', { method: 'PUT', body })
    },
    onSuccess: (position) => queries.setQueryData(['position'], position),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (useCase.trim() !== '') change.mutate()
  }
  return (
    <form className="form" noValidate onSubmit={submit}>
      <UseCaseFields
        persona={persona}
        useCase={useCase}
        onPersona={setPersona}
        onUseCase={setUseCase}
      />
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
      <Button type="submit" size="m" disabled={useCase.trim() === ''} loading={change.isPending}>
        {texts.place.save}
      </Button>
    </form>
  )
}
