import { Button, Title } from '@telegram-apps/telegram-ui'
import type { ReactNode } from 'react'
import { useShop } from '../shop-context.tsx'

/** A page that was opened from another; in Telegram the client's own button leads back. */
export function SubPage(props: { title: string; onBack: () => void; children: ReactNode }) {
  const { host, texts } = useShop()
  return (
    <>
      <header className="sub-page">
        {host.kind === 'web' ? (
          <Button size="s" mode="plain" onClick={props.onBack}>
            {texts.back}
          </Button>
        ) : null}
        <Title level="2" weight="2">
          {props.title}
        </Title>
      </header>
      {props.children}
    </>
  )
}
