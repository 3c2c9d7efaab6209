import { Card, Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import type { Invoice } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { DownloadButton } from '../ui/download-button.tsx'

const FORMATS = ['pdf', 'html'] as const

const FIRST_HEIGHT = 640

/** An invoice as its reader sees it, on the page and as files. */
export function InvoiceDocument({ invoice }: { invoice: Invoice }) {
  const { api, texts } = useDesk()
  const path = `invoices/${invoice.id}`
  const { state, paid, credited } = invoice
  const page = useQuery({
    queryKey: [path, 'html', state, paid, credited],
    queryFn: () => api.text(`${path}/html`),
  })
  return (
    <Card
      title={texts.document.title}
      actions={
        <div className="actions">
          {FORMATS.map((format) => (
            <DownloadButton
              key={format}
              path={`${path}/${format}`}
              fileName={`${invoice.number ?? invoice.id}.${format}`}
              text={format.toUpperCase()}
              label={texts.document.download(format.toUpperCase())}
            />
          ))}
        </div>
      }
    >
      <Loaded query={page} rows={6}>
        {(html) => <Frame html={html} title={texts.document.title} />}
      </Loaded>
    </Card>
  )
}

/** No script of a document runs, and it reaches nothing; it is only as high as it is. */
function Frame({ html, title }: { html: string; title: string }) {
  const [height, setHeight] = useState(FIRST_HEIGHT)
  const measure = ({ currentTarget }: SyntheticEvent<HTMLIFrameElement>) => {
    const page = currentTarget.contentDocument?.documentElement
    if (page) setHeight(page.offsetHeight)
  }
  return (
    <iframe
      className="document-frame"
      title={title}
      srcDoc={html}
      sandbox="allow-same-origin"
      style={{ height }}
      onLoad={measure}
    />
  )
}
