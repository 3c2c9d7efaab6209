import { Card } from '@gramkit/mini-app/ui'
import { Button } from '@telegram-apps/telegram-ui'
import type { ReactNode } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { CopyButton } from './copy-button.tsx'

/** Somebody's own link, and ways to hand it on. */
export function ShareCard({ link, children }: { link: string; children?: ReactNode }) {
  const { host, texts } = useLaunchpad()
  const words = texts.place
  return (
    <Card title={words.shareTitle} note={words.shareNote}>
      <div className="link-line">
        <span className="link">{link}</span>
        <CopyButton text={link} />
      </div>
      <div className="actions">
        <Button size="m" onClick={() => host.share(link, words.shareMessage)}>
          {words.share}
        </Button>
        {children}
      </div>
    </Card>
  )
}
