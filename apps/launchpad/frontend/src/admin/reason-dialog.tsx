import { Button, Title } from '@telegram-apps/telegram-ui'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ReasonField } from './reason-field.tsx'

/** Asks why something is done that is not easily undone; Escape answers no. */
export function ReasonDialog(props: {
  title: string
  note: string
  yes: string
  onYes: (reason: string) => void
  onNo: () => void
}) {
  const { texts } = useLaunchpad()
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [reason, setReason] = useState('')
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    props.onYes(reason.trim())
  }
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={titleId} onClose={props.onNo}>
      <Title id={titleId} level="3" weight="2">
        {props.title}
      </Title>
      <p className="hint">{props.note}</p>
      <form className="form" onSubmit={submit}>
        <ReasonField value={reason} onChange={setReason} />
        <Button type="submit" size="l" stretched className="destructive">
          {props.yes}
        </Button>
        <Button type="button" size="l" stretched mode="gray" onClick={props.onNo}>
          {texts.cancel}
        </Button>
      </form>
    </dialog>
  )
}
