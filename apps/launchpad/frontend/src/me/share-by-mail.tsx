import { Failure, Field } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { looksLikeEmail } from '../ui/looks-like-email.ts'

/** Says whom somebody wants to bring, so that they count even when they come without the link. */
export function ShareByMail() {
  const { api, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.me
  const [email, setEmail] = useState('')
  const [isChecked, setChecked] = useState(false)
  const share = useMutation({
    mutationFn: () => {
      const body = { recipient_email: email.trim() }
      return api.tell('/api/referrals/share', { method: 'POST', body })
    },
    onSuccess: () => {
      setEmail('')
      setChecked(false)
      return queries.invalidateQueries({ queryKey: ['mine'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (looksLikeEmail(email)) share.mutate()
  }
  return (
    <form className="form line" noValidate onSubmit={submit}>
      <Field
        label={words.friendEmail}
        note={share.isSuccess ? words.friendNoted : words.friendNote}
        wrong={isChecked && !looksLikeEmail(email) ? texts.join.wrongEmail : undefined}
        type="email"
        inputMode="email"
        autoComplete="off"
        maxLength={254}
        value={email}
        onChange={({ target }) => {
          setEmail(target.value)
          share.reset()
        }}
      />
      <Button type="submit" size="m" mode="bezeled" loading={share.isPending}>
        {words.friendSubmit}
      </Button>
      {share.error ? <Failure error={share.error} onHide={share.reset} /> : null}
    </form>
  )
}
