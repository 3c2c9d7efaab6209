import { Card, DataTable, Failure, LabelledBy, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { lazy, Suspense, useState } from 'react'
import { deskListQuery } from '../api/queries.ts'
import { customerWire, type Meter, meterWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { QuotaCard } from './quota-card.tsx'

/** Charts are heavy. */
const UsageChart = lazy(async () => {
  const { UsageChart: chart } = await import('./usage-chart.tsx')
  return { default: chart }
})

/** What a customer used of what a meter counts. */
export function UsageView() {
  const desk = useDesk()
  const { texts } = desk
  const meters = useInfiniteQuery(deskListQuery(desk, meterWire, 'meters'))
  return (
    <Loaded query={meters} rows={4}>
      {(rows) => (
        <>
          {rows.length > 0 ? <UsageOf meters={rows} /> : null}
          <Card title={texts.usage.meters}>
            <DataTable
              label={texts.usage.meters}
              rows={rows}
              keyOf={({ id }) => id}
              empty={texts.usage.none}
              more={meters}
              columns={[
                { head: texts.columns.meter, cell: ({ name }) => name },
                { head: texts.columns.code, cell: ({ code }) => <code>{code}</code> },
                { head: texts.usage.unit, cell: ({ unit }) => unit },
                {
                  head: texts.usage.aggregation,
                  cell: ({ aggregation }) => texts.aggregations[aggregation],
                },
              ]}
            />
          </Card>
        </>
      )}
    </Loaded>
  )
}

function UsageOf({ meters }: { meters: readonly Meter[] }) {
  const desk = useDesk()
  const { texts } = desk
  const customers = useInfiniteQuery(deskListQuery(desk, customerWire, 'customers'))
  const [code, setCode] = useState(meters[0]?.code ?? '')
  const [chosen, setChosen] = useState<string>()
  const meter = meters.find((one) => one.code === code) ?? meters[0]
  const customerId = chosen ?? customers.data?.[0]?.id
  return (
    <>
      <Card title={texts.usage.title}>
        <div className="filters">
          <LabelledBy label={texts.columns.customer}>
            <select value={customerId ?? ''} onChange={({ target }) => setChosen(target.value)}>
              {customers.data?.map(({ id, name, company }) => (
                <option key={id} value={id}>
                  {company ?? name}
                </option>
              ))}
            </select>
          </LabelledBy>
          <LabelledBy label={texts.columns.meter}>
            <select value={code} onChange={({ target }) => setCode(target.value)}>
              {meters.map(({ id, code: value, name }) => (
                <option key={id} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </LabelledBy>
        </div>
        {customers.hasNextPage ? (
          <Button size="s" mode="plain" onClick={() => void customers.fetchNextPage()}>
            {texts.usage.moreCustomers}
          </Button>
        ) : null}
        {customers.error ? <Failure error={customers.error} /> : null}
        {customerId && meter ? (
          <Suspense fallback={null}>
            <UsageChart customerId={customerId} meter={meter} />
          </Suspense>
        ) : (
          <p className="empty">{texts.customers.none}</p>
        )}
      </Card>
      {customerId && meter ? <QuotaCard customerId={customerId} meter={meter} /> : null}
    </>
  )
}
