import { answerOf, doneOf } from '@gramkit/mini-app/requests'
import { ConfirmDialog, Failure, Loaded } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Caption, Cell, Section, Text } from '@telegram-apps/telegram-ui'
import { type FormEvent, type HTMLAttributes, useState } from 'react'
import { emailQuery } from '../api/queries.ts'
import { useShop } from '../shop-context.tsx'

/** The address by which the person can log in without Telegram. */
export function EmailScreen() {
  const { api } = useShop()
  const settings = useQuery(emailQuery(api))
  return (
    <Loaded query={settings} rows={1}>
      {({ email }) => (email === null ? <Adding /> : <Added email={email} />)}
    </Loaded>
  )
}

/** Asks for an address, then for the code that was mailed there. */
function Adding() {
  const { api, language, texts } = useShop()
  const queries = useQueryClient()
  const words = texts.email
  const start = useMutation({
    mutationFn: (email: string) =>
      answerOf(api.POST('/api/v1/me/email/start', { body: { email, language } })),
  })
  const complete = useMutation({
    mutationFn: (code: string) =>
      answerOf(api.POST('/api/v1/me/email/complete', { body: { id: start.data?.id ?? '', code } })),
    onSuccess: (settings) => queries.setQueryData(['email'], settings),
  })
  if (!start.data) {
    return (
      <>
        {start.error ? <Failure error={start.error} onHide={start.reset} /> : null}
        <OneField
          key="email"
          label={words.address}
          note={words.note}
          submit={words.send}
          input={{ type: 'email', autoComplete: 'email', inputMode: 'email', maxLength: 254 }}
          isPending={start.isPending}
          onSubmit={(email) => start.mutate(email)}
        />
      </>
    )
  }
  return (
    <>
      {complete.error ? <Failure error={complete.error} onHide={complete.reset} /> : null}
      <OneField
        key="code"
        label={words.code}
        note={words.sent(start.variables)}
        submit={words.confirm}
        input={{ type: 'text', autoComplete: 'one-time-code', inputMode: 'numeric', maxLength: 16 }}
        isPending={complete.isPending}
        onSubmit={(code) => complete.mutate(code)}
      />
      <Button
        mode="plain"
        size="m"
        stretched
        onClick={() => {
          complete.reset()
          start.reset()
        }}
      >
        {words.other}
      </Button>
    </>
  )
}

function Added({ email }: { email: string }) {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const words = texts.email
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => doneOf(api.DELETE('/api/v1/me/email')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['email'] }),
  })
  return (
    <>
      {remove.error ? <Failure error={remove.error} onHide={remove.reset} /> : null}
      <Section footer={words.addedNote}>
        <Cell
          className="still"
          after={
            <Button
              size="s"
              mode="plain"
              loading={remove.isPending}
              onClick={() => setAsking(true)}
            >
              {words.remove}
            </Button>
          }
        >
          {email}
        </Cell>
      </Section>
      {isAsking ? (
        <ConfirmDialog
          title={words.removeTitle}
          note={words.removeNote}
          yes={words.removeYes}
          no={texts.friends.confirm.no}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false)
            remove.mutate()
          }}
        />
      ) : null}
    </>
  )
}

function OneField(props: {
  label: string
  note: string
  submit: string
  input: {
    type: string
    autoComplete: string
    inputMode: NonNullable<HTMLAttributes<HTMLInputElement>['inputMode']>
    maxLength: number
  }
  isPending: boolean
  onSubmit: (text: string) => void
}) {
  const [typed, setTyped] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim()) props.onSubmit(typed.trim())
  }
  return (
    <Section>
      <form className="contact in-section" noValidate onSubmit={submit}>
        <Text>{props.note}</Text>
        <label className="field">
          <Caption>{props.label}</Caption>
          <input {...props.input} value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
        <Button type="submit" size="l" stretched loading={props.isPending}>
          {props.submit}
        </Button>
      </form>
    </Section>
  )
}
