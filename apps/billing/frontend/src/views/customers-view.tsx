import { Card, DataTable, Field, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { deskListQuery } from '../api/queries.ts'
import { customerWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { hashOf } from '../route.ts'

/** Who buys. */
export function CustomersView() {
  const desk = useDesk()
  const { texts } = desk
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const customers = useInfiniteQuery(deskListQuery(desk, customerWire, 'customers', { search }))
  return (
    <Card title={texts.views.customers}>
      <div className="filters">
        <Field
          label={texts.customers.search}
          type="search"
          maxLength={100}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      <Loaded query={customers} rows={6}>
        {(rows) => (
          <DataTable
            label={texts.views.customers}
            rows={rows}
            keyOf={({ id }) => id}
            empty={search === '' ? texts.customers.none : texts.nothingFound}
            more={customers}
            columns={[
              {
                head: texts.columns.customer,
                cell: ({ id, name, company }) => (
                  <a href={hashOf('customers', id)}>{company ?? name}</a>
                ),
              },
              { head: texts.columns.code, cell: ({ code }) => <code>{code}</code> },
              { head: texts.columns.email, cell: ({ email }) => email ?? '–' },
              { head: texts.columns.country, cell: ({ country }) => country ?? '–' },
              { head: texts.columns.currency, cell: ({ currency }) => currency },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
