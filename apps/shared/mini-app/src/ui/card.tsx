import { Title } from '@telegram-apps/telegram-ui'
import { type ReactNode, useId } from 'react'

/** A part of a page with a heading of its own. */
export function Card(props: {
  title: string
  note?: string | undefined
  /** Beside the heading. */
  actions?: ReactNode
  className?: string
  children?: ReactNode
}) {
  const titleId = useId()
  return (
    <section className={`card ${props.className ?? ''}`} aria-labelledby={titleId}>
      <header className="card-head">
        <Title id={titleId} level="3" weight="2">
          {props.title}
        </Title>
        {props.actions}
      </header>
      {props.note ? <p className="hint">{props.note}</p> : null}
      {props.children}
    </section>
  )
}
