import { Failure } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { deskQuery } from '../api/queries.ts'
import { payLinkWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'

/** The link by which whoever gets it sees an invoice and pays it. */
export function PayLink({ invoiceId }: { invoiceId: string }) {
  const desk = useDesk()
  const { texts } = desk
  const [isCopied, setCopied] = useState(false)
  const link = useQuery({
    ...deskQuery(desk, payLinkWire, `invoices/${invoiceId}/pay-link`),
    refetchInterval: false,
  })
  if (link.error) return <Failure error={link.error} />
  const url = link.data?.url
  if (url === undefined) return null
  return (
    <div className="actions">
      <a href={url} target="_blank" rel="noreferrer">
        {texts.payLink.open}
      </a>
      <Button
        size="s"
        mode="bezeled"
        onClick={() =>
          void navigator.clipboard.writeText(url).then(
            () => setCopied(true),
            () => window.prompt(texts.payLink.copy, url),
          )
        }
      >
        <span role="status">{isCopied ? texts.payLink.copied : texts.payLink.copy}</span>
      </Button>
    </div>
  )
}
