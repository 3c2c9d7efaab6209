import { Failure } from '@gramkit/mini-app/ui'
import { useMutation } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useDesk } from '../desk-context.tsx'

/** Fetches a file with the tenant's key and hands it to the browser. */
export function DownloadButton(props: {
  path: string
  fileName: string
  text: string
  label?: string
}) {
  const { api } = useDesk()
  const download = useMutation({
    mutationFn: async () => save(await api.file(props.path), props.fileName),
  })
  return (
    <>
      <Button
        size="s"
        mode="bezeled"
        aria-label={props.label}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {props.text}
      </Button>
      {download.error ? <Failure error={download.error} onHide={download.reset} /> : null}
    </>
  )
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
