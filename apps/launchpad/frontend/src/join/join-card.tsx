import { whole } from '@gramkit/mini-app/texts'
import { Card, Failure, Field } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { joinedWire, type Persona, personas } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'
import { REFERRAL_KEY } from '../open-launchpad.ts'
import { focusWrong } from '../ui/focus-wrong.ts'
import { looksLikeEmail } from '../ui/looks-like-email.ts'
import { UseCaseFields } from './use-case-fields.tsx'

/** The form by which somebody joins; by e-mail it ends in their mailbox. */
export function JoinCard() {
  const { access, api, deviceStore, host, language, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.join
  const isTelegram = host.kind === 'telegram'
  const referral = deviceStore.get(REFERRAL_KEY)
  const [email, setEmail] = useState('')
  const [persona, setPersona] = useState<Persona>(personas[0])
  const [useCase, setUseCase] = useState('')
  const [isChecked, setChecked] = useState(false)
  const join = useMutation({
    mutationFn: () => {
      const body = {
        ...(isTelegram ? {} : { email: email.trim() }),
        ...(referral === undefined ? {} : { referral_code: referral }),
        use_case: useCase.trim(),
        persona,
        language,
      }
      return api.ask(joinedWire, '/api/waitlist/join', { method: 'POST', body })
    },
    onSuccess: async ({ entry_status, position_token }) => {
      if (!isTelegram) access.keepPosition(position_token)
      if (entry_status !== 'unconfirmed') await queries.invalidateQueries()
    },
  })
  const isEmailWrong = !isTelegram && !looksLikeEmail(email)
  const isUseCaseWrong = useCase.trim() === ''
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (isEmailWrong || isUseCaseWrong) focusWrong(event.currentTarget)
    else join.mutate()
  }
  if (join.data?.entry_status === 'unconfirmed') {
    const { position } = join.data
    return (
      <Card title={words.mailTitle} note={words.mailNote(email.trim())}>
        {position === null ? null : <p>{words.provisional(whole(language, position))}</p>}
        <Button mode="plain" size="m" onClick={() => join.reset()}>
          {words.otherEmail}
        </Button>
      </Card>
    )
  }
  return (
    <Card title={words.submit} note={isTelegram ? words.telegramNote : undefined}>
      {referral === undefined ? null : <p className="chip chip-strong">{words.byFriend}</p>}
      <form className="form" noValidate onSubmit={submit}>
        {isTelegram ? null : (
          <Field
            label={words.email}
            note={words.privacy}
            wrong={isChecked && isEmailWrong ? words.wrongEmail : undefined}
            type="email"
            name="email"
            autoComplete="email"
            inputMode="email"
            maxLength={254}
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        )}
        <UseCaseFields
          persona={persona}
          useCase={useCase}
          wrong={isChecked && isUseCaseWrong ? words.noUseCase : undefined}
          onPersona={setPersona}
          onUseCase={setUseCase}
        />
        {join.error ? <Failure error={join.error} onHide={join.reset} /> : null}
        <Button type="submit" size="l" stretched loading={join.isPending}>
          {words.submit}
        </Button>
      </form>
    </Card>
  )
}
