import { LabelledBy, Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { deskQuery, tenantQuery } from '../api/queries.ts'
import { agingReportWire, mrrReportWire, revenueReportWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { AgingCard, ChurnCard, MovementCard, RevenueCard } from './overview-charts.tsx'
import { OverviewTiles } from './overview-tiles.tsx'

/** How billing goes: what is earned, what can be counted on, what is owed, who leaves. */
export function OverviewView() {
  const desk = useDesk()
  const { texts } = desk
  const [chosen, setChosen] = useState<string>()
  const { data: tenant } = useQuery(tenantQuery(desk))
  const revenue = useQuery(deskQuery(desk, revenueReportWire, 'reports/revenue'))
  const mrr = useQuery(deskQuery(desk, mrrReportWire, 'reports/mrr'))
  const aging = useQuery(deskQuery(desk, agingReportWire, 'reports/aging'))
  const rows = [
    ...(revenue.data?.rows ?? []),
    ...(mrr.data?.rows ?? []),
    ...(aging.data?.rows ?? []),
  ]
  const currencies = [...new Set(rows.map((row) => row.currency))].sort()
  const own = currencies.find((one) => one === tenant?.currency) ?? currencies[0]
  const currency = chosen ?? own ?? ''
  const isOf = (row: { readonly currency: string }) => row.currency === currency
  return (
    <Loaded query={revenue} rows={4}>
      {(earned) => (
        <Loaded query={mrr} rows={4}>
          {(recurring) => (
            <Loaded query={aging} rows={4}>
              {(owed) =>
                currencies.length === 0 ? (
                  <p className="empty">{texts.overview.nothing}</p>
                ) : (
                  <>
                    {currencies.length > 1 ? (
                      <div className="filters">
                        {' '}
                        <LabelledBy label={texts.overview.currency}>
                          <select
                            value={currency}
                            onChange={({ target }) => setChosen(target.value)}
                          >
                            {currencies.map((one) => (
                              <option key={one}>{one}</option>
                            ))}
                          </select>
                        </LabelledBy>
                      </div>
                    ) : null}
                    <OverviewTiles
                      currency={currency}
                      revenue={earned.rows.filter(isOf)}
                      mrr={recurring.rows.filter(isOf)}
                      aged={owed.rows.find(isOf)}
                    />
                    <RevenueCard currency={currency} rows={earned.rows.filter(isOf)} />
                    <MovementCard currency={currency} rows={recurring.rows.filter(isOf)} />
                    <div className="pair">
                      <AgingCard currency={currency} row={owed.rows.find(isOf)} />
                      <ChurnCard rows={recurring.rows.filter(isOf)} />
                    </div>
                  </>
                )
              }
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}
