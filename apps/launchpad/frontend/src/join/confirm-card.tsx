import { Card, Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { confirmedWire } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'

/** Proves an address. Opening the mail's link alone does not: mail scanners open links too. */
export function ConfirmCard({ token, onDone }: { token: string; onDone: () => void }) {
  const { access, api, texts } = useLaunchpad()
  const queries = useQueryClient()
  const words = texts.join
  const confirm = useMutation({
    mutationFn: () =>
      api.ask(confirmedWire, '/api/waitlist/confirm', { method: 'POST', body: { token } }),
    onSuccess: async ({ position_token }) => {
      access.keepPosition(position_token)
      await queries.invalidateQueries()
      onDone()
    },
  })
  return (
    <Card title={words.confirmTitle} note={words.confirmNote}>
      {confirm.error ? <Failure error={confirm.error} onHide={onDone} /> : null}
      <Button size="l" stretched loading={confirm.isPending} onClick={() => confirm.mutate()}>
        {words.confirm}
      </Button>
    </Card>
  )
}
