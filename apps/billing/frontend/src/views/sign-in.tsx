import type { RequestFailed } from '@gramkit/mini-app/requests'
import { Card, Failure, Field } from '@gramkit/mini-app/ui'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { useDesk } from '../desk-context.tsx'

/** Takes an API key of the tenant. */
export function SignIn({ refusal }: { refusal: RequestFailed | undefined }) {
  const { apiKey, texts } = useDesk()
  const queries = useQueryClient()
  const [key, setKey] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    apiKey.keep(key.trim())
    await queries.resetQueries()
  }
  return (
    <div className="single">
      <Card title={texts.signIn.title} note={texts.signIn.note}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <Field
            label={texts.signIn.key}
            type="password"
            autoComplete="off"
            required
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
          {refusal ? <Failure error={refusal} /> : null}
          <Button type="submit" size="l" stretched>
            {texts.signIn.submit}
          </Button>
        </form>
      </Card>
    </div>
  )
}
