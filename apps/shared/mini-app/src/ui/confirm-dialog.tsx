import { Button, Text, Title } from '@telegram-apps/telegram-ui'
import { useEffect, useId, useRef } from 'react'

/** Asks before something that is not easily undone; Escape answers no. */
export function ConfirmDialog(props: {
  title: string
  note: string
  yes: string
  no: string
  onYes: () => void
  onNo: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={titleId} onClose={props.onNo}>
      <Title id={titleId} level="3" weight="2">
        {props.title}
      </Title>
      <Text>{props.note}</Text>
      <Button size="l" stretched className="destructive" onClick={props.onYes}>
        {props.yes}
      </Button>
      <Button size="l" stretched mode="gray" onClick={props.onNo}>
        {props.no}
      </Button>
    </dialog>
  )
}
