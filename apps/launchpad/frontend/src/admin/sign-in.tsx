import type { RequestFailed } from '@gramkit/mini-app/requests'
import { Card, Failure, Field } from '@gramkit/mini-app/ui'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { useAdminTexts } from './texts/texts.ts'

/** Takes the administrator's token; an admin of Telegram or by e-mail needs none. */
export function SignIn({ refusal }: { refusal: RequestFailed | undefined }) {
  const { access } = useLaunchpad()
  const queries = useQueryClient()
  const words = useAdminTexts().signIn
  const [token, setToken] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    access.keepAdmin(token.trim())
    await queries.resetQueries()
  }
  return (
    <div className="single">
      <Card title={words.title} note={words.note}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <Field
            label={words.token}
            type="password"
            autoComplete="off"
            required
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
          {refusal ? <Failure error={refusal} /> : null}
          <Button type="submit" size="l" stretched>
            {words.submit}
          </Button>
        </form>
      </Card>
    </div>
  )
}
