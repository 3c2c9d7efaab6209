import type { InputHTMLAttributes, ReactNode } from 'react'
import { useId } from 'react'

/** A labelled place to write one line, with what is wrong about it below. */
export function Field({
  label,
  note,
  wrong,
  ...input
}: { label: string; note?: string; wrong?: string | undefined } & Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'children'
>) {
  const noteId = useId()
  return (
    <LabelledBy label={label} note={wrong ?? note} noteId={noteId} isWrong={wrong !== undefined}>
      <input {...input} aria-invalid={wrong !== undefined} aria-describedby={noteId} />
    </LabelledBy>
  )
}

/** A label above something to fill in, and a note below. */
export function LabelledBy(props: {
  label: string
  note?: string | undefined
  noteId?: string
  isWrong?: boolean
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span className="label">{props.label}</span>
      {props.children}
      {props.note ? (
        <span
          id={props.noteId}
          role={props.isWrong ? 'alert' : undefined}
          className={props.isWrong ? 'wrong note' : 'hint note'}
        >
          {props.note}
        </span>
      ) : null}
    </label>
  )
}
