import { moment } from '@gramkit/mini-app/texts'
import { Card, DataTable, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { LeafFields } from './leaf-fields.tsx'
import { ADMIN_KEY, adminListQuery, adminQuery } from './queries.ts'
import { ReasonField } from './reason-field.tsx'
import type { Json } from './setting-leaves.ts'
import { useAdminTexts } from './texts/texts.ts'
import { useActorName } from './use-actor-name.ts'
import { type Setting, settingWire } from './wire.ts'

interface SettingParts {
  readonly title: string
  readonly note?: string
  /** Where it is read and changed. */
  readonly path: string
  /** What else can be done with the value that is being edited. */
  readonly children?: (draft: Json) => ReactNode
}

/** Something that administrators configure: its value, who changed it last, and all versions. */
export function SettingCard(props: SettingParts) {
  const launchpad = useLaunchpad()
  const setting = useQuery(adminQuery(launchpad, settingWire, props.path))
  return (
    <Card title={props.title} {...(props.note ? { note: props.note } : {})}>
      <Loaded query={setting}>
        {(current) => (
          <>
            <Version setting={current} />
            {/* A new version is another draft: what was typed against the old one is gone. */}
            <Editor key={current.version} setting={current} {...props} />
            <History path={props.path} />
          </>
        )}
      </Loaded>
    </Card>
  )
}

function Version({ setting: { version, actor, reason, created_at: at } }: { setting: Setting }) {
  const { language } = useLaunchpad()
  const words = useAdminTexts().settings
  const nameOf = useActorName()
  const who = at === null ? words.initial : `${nameOf(actor)}, ${moment(language, at)}`
  return (
    <p className="hint">
      {words.version(version)} · {who}
      {at === null ? '' : ` · ${reason}`}
    </p>
  )
}

function Editor({ setting, path, children }: SettingParts & { setting: Setting }) {
  const { adminApi } = useLaunchpad()
  const queries = useQueryClient()
  const words = useAdminTexts().settings
  const [draft, setDraft] = useState<Json>(setting.value)
  const [reason, setReason] = useState('')
  const publish = useMutation({
    mutationFn: () => {
      const body = { value: draft, reason: reason.trim(), expected_version: setting.version }
      return adminApi.ask(settingWire, path, { method: 'PUT', body })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [ADMIN_KEY] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    publish.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <LeafFields value={draft} onChange={setDraft} />
      {children?.(draft)}
      <ReasonField value={reason} onChange={setReason} />
      {publish.error ? <Failure error={publish.error} onHide={publish.reset} /> : null}
      <div className="actions">
        <Button type="submit" size="m" loading={publish.isPending}>
          {words.publish}
        </Button>
        <Button type="button" size="m" mode="plain" onClick={() => setDraft(setting.value)}>
          {words.undo}
        </Button>
      </div>
    </form>
  )
}

function History({ path }: { path: string }) {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const nameOf = useActorName()
  const [isOpen, setOpen] = useState(false)
  const history = useInfiniteQuery({
    ...adminListQuery(launchpad, settingWire, `${path}/history`),
    enabled: isOpen,
  })
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.settings.history}</summary>
      {isOpen ? (
        <Loaded query={history} rows={1}>
          {(versions) => (
            <DataTable
              label={words.settings.history}
              rows={versions}
              keyOf={({ version }) => version}
              empty={words.settings.noHistory}
              more={history}
              columns={[
                { head: words.columns.version, cell: ({ version }) => version, isNumber: true },
                { head: words.columns.actor, cell: ({ actor }) => nameOf(actor) },
                {
                  head: words.columns.reason,
                  cell: ({ created_at: at, reason }) =>
                    at === null ? words.settings.initial : reason,
                },
                { head: words.columns.at, cell: ({ created_at: at }) => <When at={at} /> },
              ]}
            />
          )}
        </Loaded>
      ) : null}
    </details>
  )
}
