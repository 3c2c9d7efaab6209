import { Button, Caption, Text, Title } from '@telegram-apps/telegram-ui'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useShop } from '../shop-context.tsx'
import type { ContactWanted, Purchase } from './use-purchase.ts'

/** Asks where the receipt goes, when a purchase was refused for want of it; Escape gives it up. */
export function ContactDialog(props: {
  wanted: ContactWanted
  purchase: Pick<Purchase, 'startWithEmail' | 'clearFailure'>
}) {
  const { texts } = useShop()
  const { wanted, purchase } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const [email, setEmail] = useState(wanted.offer.contact?.email ?? '')
  const [isWrong, setIsWrong] = useState(wanted.isWrong)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    // The browser sees most slips; the shop has the last word.
    if (dialog.current?.querySelector('input')?.validity.valid) {
      purchase.startWithEmail(wanted.offer, email.trim())
    } else setIsWrong(true)
  }

  return (
    <dialog
      ref={dialog}
      className="confirm"
      aria-labelledby={`${id}-title`}
      onClose={purchase.clearFailure}
    >
      <form className="contact" noValidate onSubmit={submit}>
        <Title id={`${id}-title`} level="3" weight="2">
          {texts.contact.title}
        </Title>
        <Text id={`${id}-note`}>{texts.contact.note}</Text>
        <label className="field">
          <Caption>{texts.contact.email}</Caption>
          <input
            type="email"
            name="email"
            autoComplete="email"
            inputMode="email"
            required
            maxLength={254}
            aria-describedby={`${id}-note`}
            aria-invalid={isWrong}
            aria-errormessage={isWrong ? `${id}-wrong` : undefined}
            value={email}
            onChange={({ target }) => {
              setEmail(target.value)
              setIsWrong(false)
            }}
          />
        </label>
        {isWrong ? (
          <Caption id={`${id}-wrong`} role="alert" className="wrong">
            {texts.contact.wrong}
          </Caption>
        ) : null}
        <Button type="submit" size="l" stretched>
          {texts.contact.yes}
        </Button>
        <Button type="button" size="l" stretched mode="gray" onClick={purchase.clearFailure}>
          {texts.contact.no}
        </Button>
      </form>
    </dialog>
  )
}
