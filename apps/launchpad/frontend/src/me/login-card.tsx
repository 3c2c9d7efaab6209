import { Failure, Field } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { loginWire, startedLoginWire } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { go } from '../route.ts'
import { looksLikeEmail } from '../ui/looks-like-email.ts'

/** Logs somebody with an account in by a mailed code. */
export function LoginCard({ email: known }: { email?: string }) {
  const { access, api, language, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.login
  const [email, setEmail] = useState(known ?? '')
  const [code, setCode] = useState('')
  const [isChecked, setChecked] = useState(false)
  const start = useMutation({
    mutationFn: () => {
      const body = { email: email.trim(), language }
      const ask = { method: 'POST', body } as const
      return api.ask(startedLoginWire, '/join/api/v1/auth/email/start', ask)
    },
  })
  const complete = useMutation({
    mutationFn: (id: string) => {
      const ask = { method: 'POST', body: { id, code: code.trim() } } as const
      return api.ask(loginWire, '/join/api/v1/auth/email/complete', ask)
    },
    onSuccess: async ({ token }) => {
      access.keepLogin(token)
      await queries.invalidateQueries()
      go('me')
    },
  })
  const startedId = start.data?.id
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (startedId === undefined) {
      if (looksLikeEmail(email)) start.mutate()
    } else if (code.trim() !== '') complete.mutate(startedId)
  }
  return (
    <form className="form" noValidate onSubmit={submit}>
      {startedId === undefined ? (
        <Field
          label={words.email}
          note={words.note}
          wrong={isChecked && !looksLikeEmail(email) ? texts.join.wrongEmail : undefined}
          type="email"
          autoComplete="email"
          inputMode="email"
          maxLength={254}
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
      ) : (
        <Field
          label={words.code}
          note={words.sent(email.trim())}
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={16}
          value={code}
          onChange={({ target }) => setCode(target.value)}
        />
      )}
      {start.error ? <Failure error={start.error} onHide={start.reset} /> : null}
      {complete.error ? <Failure error={complete.error} onHide={complete.reset} /> : null}
      <Button type="submit" size="m" loading={start.isPending || complete.isPending}>
        {startedId === undefined ? words.send : words.submit}
      </Button>
      {startedId === undefined ? null : (
        <Button type="button" size="m" mode="plain" onClick={() => start.reset()}>
          {words.other}
        </Button>
      )}
    </form>
  )
}
