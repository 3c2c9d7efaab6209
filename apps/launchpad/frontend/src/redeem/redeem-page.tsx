import { Card, Failure, Field } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, LargeTitle } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { redeemedWire } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { LoginCard } from '../me/login-card.tsx'
import { go } from '../route.ts'
import { focusWrong } from '../ui/focus-wrong.ts'
import { looksLikeEmail } from '../ui/looks-like-email.ts'

const CODE = /^[A-Z0-9_-]{6,32}$/

/** Where an invitation becomes an account. */
export function RedeemPage() {
  const { api, carried, host, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.redeem
  const isTelegram = host.kind === 'telegram'
  const [code, setCode] = useState(carried.get('code')?.toUpperCase() ?? '')
  const [email, setEmail] = useState(carried.get('email') ?? '')
  const [isChecked, setChecked] = useState(false)
  const redeem = useMutation({
    mutationFn: () => {
      const body = { code: code.trim(), ...(isTelegram ? {} : { email: email.trim() }) }
      return api.ask(redeemedWire, '/api/invites/redeem', { method: 'POST', body })
    },
    onSuccess: () => queries.invalidateQueries(),
  })
  const isCodeWrong = !CODE.test(code.trim())
  const isEmailWrong = !isTelegram && !looksLikeEmail(email)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (isCodeWrong || isEmailWrong) focusWrong(event.currentTarget)
    else redeem.mutate()
  }
  if (redeem.data) {
    const account = redeem.data.email
    return (
      <div className="single">
        <Card
          title={words.done}
          note={account === null ? words.doneTelegram : words.doneNote(account)}
          className="good"
        >
          {account === null ? (
            <Button size="l" stretched onClick={() => go('me')}>
              {words.next}
            </Button>
          ) : (
            <LoginCard email={account} />
          )}
        </Card>
      </div>
    )
  }
  return (
    <div className="single">
      <LargeTitle weight="1">{words.title}</LargeTitle>
      <p className="lead">{words.lead}</p>
      <form className="card form" noValidate onSubmit={submit}>
        <Field
          label={words.code}
          wrong={isChecked && isCodeWrong ? words.wrongCode : undefined}
          name="code"
          className="code"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          placeholder="VOBEE-XXXXXXXXXXXX"
          value={code}
          onChange={({ target }) => setCode(target.value.toUpperCase())}
        />
        {isTelegram ? null : (
          <Field
            label={words.email}
            note={words.emailNote}
            wrong={isChecked && isEmailWrong ? texts.join.wrongEmail : undefined}
            type="email"
            name="email"
            autoComplete="email"
            inputMode="email"
            maxLength={254}
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        )}
        {redeem.error ? <Failure error={redeem.error} onHide={redeem.reset} /> : null}
        <Button type="submit" size="l" stretched loading={redeem.isPending}>
          {words.submit}
        </Button>
      </form>
      <p className="hint aside">
        {words.noCode}{' '}
        <button type="button" className="text-button" onClick={() => go('join')}>
          {words.waitlist}
        </button>
      </p>
    </div>
  )
}
