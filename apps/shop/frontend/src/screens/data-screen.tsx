import { answerOf, doneOf } from '@gramkit/mini-app/requests'
import { ConfirmDialog, Failure } from '@gramkit/mini-app/ui'
import { useMutation } from '@tanstack/react-query'
import { Button, Section, Text } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { useShop } from '../shop-context.tsx'

/** What is kept of the person: to have it, and to have it forgotten. */
export function DataScreen({ onErased }: { onErased: () => void }) {
  const { api, host, texts } = useShop()
  const words = texts.data
  const [isAsking, setAsking] = useState(false)
  const download = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/me/export')),
    onSuccess: ({ path }) => host.openPage(new URL(path, window.location.origin).href),
  })
  const erase = useMutation({
    mutationFn: () => doneOf(api.DELETE('/api/v1/me')),
    onSuccess: onErased,
  })
  const failed = download.error ? download : erase
  return (
    <>
      {failed.error ? <Failure error={failed.error} onHide={failed.reset} /> : null}
      <Section>
        <div className="contact in-section">
          <Text>{words.exportNote}</Text>
          <Button size="l" stretched loading={download.isPending} onClick={() => download.mutate()}>
            {words.export}
          </Button>
        </div>
      </Section>
      <Section>
        <div className="contact in-section">
          <Text>{words.eraseNote}</Text>
          <Button
            size="l"
            stretched
            mode="bezeled"
            className="dangerous"
            loading={erase.isPending}
            onClick={() => setAsking(true)}
          >
            {words.erase}
          </Button>
        </div>
      </Section>
      {isAsking ? (
        <ConfirmDialog
          title={words.eraseTitle}
          note={words.eraseWarning}
          yes={words.eraseYes}
          no={texts.friends.confirm.no}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false)
            erase.mutate()
          }}
        />
      ) : null}
    </>
  )
}
