import { Card, DataTable, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { TrendChart } from './chart.tsx'
import { useFigures } from './figures.ts'
import { FiguresForm } from './figures-form.tsx'
import { GateNote } from './gate-note.tsx'
import { OverrideForm } from './override-form.tsx'
import { adminListQuery, adminQuery } from './queries.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { SettingCard } from './setting-card.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { useActorName } from './use-actor-name.ts'
import {
  gateChangeWire,
  gateWire,
  settingWire,
  snapshotWire,
  thresholdsWire,
  trustWire,
} from './wire.ts'

/** Whether people are let in: by what was measured, and by hand. */
export function GateView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts().gate
  const gate = useQuery(adminQuery(launchpad, gateWire, '/api/quality/gate'))
  return (
    <>
      <Measures />
      <Loaded query={gate}>
        {(current) => (
          <div className="pair">
            <GateCard gate={current} />
            <Card title={words.override} note={words.overrideNote}>
              <OverrideForm gate={current} />
            </Card>
          </div>
        )}
      </Loaded>
      <Trends />
      <div className="pair">
        <SettingCard title={words.thresholds} path="/api/quality/thresholds" />
        <Card title={words.post} note={words.postNote}>
          <FiguresForm />
        </Card>
      </div>
      <Changes />
    </>
  )
}

function Measures() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const { percent, decimal } = useFigures()
  const trust = useQuery(adminQuery(launchpad, trustWire, '/api/quality/trust-score'))
  return (
    <Loaded query={trust} rows={1}>
      {(now) => (
        <dl className="tiles">
          <Tile
            name={words.metrics.trust}
            value={now.trust_score === null ? '–' : decimal(now.trust_score)}
          />
          <Tile name={words.metrics.churn} value={percent(now.churn_rate)} />
          <Tile name={words.metrics.fraud} value={percent(now.fraud_rate)} />
          <Tile name={words.metrics.engagement} value={percent(now.engagement_rate)} />
        </dl>
      )}
    </Loaded>
  )
}

function Tile({ name, value }: { name: string; value: string }) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function GateCard({ gate }: { gate: z.infer<typeof gateWire> }) {
  const words = useAdminTexts().gate
  const act = useAct()
  const [isSwitching, setSwitching] = useState(false)
  const isOpen = gate.is_redeeming_allowed
  const switching = isOpen ? words.stopRedeeming : words.allowRedeeming
  return (
    <Card title={words.now}>
      <GateNote gate={gate} />
      <p>{isOpen ? words.redeemingOn : words.redeemingOff}</p>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      <div className="actions">
        <Button
          size="m"
          mode="bezeled"
          loading={act.isPending}
          onClick={() => act.mutate({ method: 'POST', path: '/api/quality/evaluate-gate' })}
        >
          {words.evaluate}
        </Button>
        <Button size="m" mode="plain" onClick={() => setSwitching(true)}>
          {switching}
        </Button>
      </div>
      {isSwitching ? (
        <ReasonDialog
          title={switching}
          note={words.redeemingNote}
          yes={switching}
          onNo={() => setSwitching(false)}
          onYes={(reason) => {
            setSwitching(false)
            const body = { allowed: !isOpen, reason }
            act.mutate({ method: 'PUT', path: '/api/quality/redeeming', body })
          }}
        />
      ) : null}
    </Card>
  )
}

function Trends() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const { shortMoment, decimal } = useFigures()
  const { data: trust } = useQuery({
    ...adminQuery(launchpad, settingWire, '/api/quality/thresholds'),
    select: ({ value }) => thresholdsWire.parse(value).trust,
  })
  const snapshots = useInfiniteQuery(
    adminListQuery(launchpad, snapshotWire, '/api/quality/snapshots'),
  )
  return (
    <Card
      title={words.gate.trends}
      note={trust && words.gate.trendNote(decimal(trust.closesBelow), decimal(trust.opensAbove))}
    >
      <Loaded query={snapshots}>
        {(rows) => (
          <TrendChart
            label={words.gate.trends}
            isShare
            thresholds={trust ? [trust.closesBelow, trust.opensAbove] : []}
            data={rows.map((row) => ({ ...row, at: shortMoment(row.created_at) })).toReversed()}
            by="at"
            series={[
              { key: 'trust_score', name: words.metrics.trust },
              { key: 'churn_rate', name: words.metrics.churn },
              { key: 'fraud_rate', name: words.metrics.fraud },
              { key: 'engagement_rate', name: words.metrics.engagement },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}

function Changes() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const nameOf = useActorName()
  const changedBy: Readonly<Record<string, string>> = words.gate.changedBy
  const whyOf = ({ reason, reasons }: z.infer<typeof gateChangeWire>) => {
    const known = changedBy[reason]
    if (known === undefined) return reason
    return [known, ...reasons.map(({ code }) => words.gate.reasons[code])].join(': ')
  }
  const changes = useInfiniteQuery(
    adminListQuery(launchpad, gateChangeWire, '/api/quality/history'),
  )
  return (
    <Card title={words.gate.changes}>
      <Loaded query={changes}>
        {(rows) => (
          <DataTable
            label={words.gate.changes}
            rows={rows}
            keyOf={({ version }) => version}
            empty={words.gate.noChanges}
            more={changes}
            columns={[
              { head: words.columns.status, cell: ({ state }) => words.gate.states[state] },
              { head: words.columns.actor, cell: ({ actor }) => nameOf(actor) },
              { head: words.columns.reason, cell: whyOf },
              { head: words.columns.at, cell: ({ created_at: at }) => <When at={at} /> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
