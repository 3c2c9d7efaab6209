import { Button } from '@telegram-apps/telegram-ui'
import type { Key, ReactNode } from 'react'
import { number } from '../texts/index.ts'
import { useSpeech } from './speech.ts'

/** One column: what stands above it and in it; whole numbers as the language writes them. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  readonly isNumber?: boolean
}

/** Rows in columns; on a phone each row of many is a card with the heads beside its cells. */
export function DataTable<Row>(props: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => Key
  empty: string
  /** Reads the next page, where there is one. */
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  const { language, more: moreText } = useSpeech()
  const shown = (cell: ReactNode) =>
    typeof cell === 'number' ? number(language, String(cell)) : cell
  const { columns, rows, more } = props
  if (rows.length === 0) return <p className="empty">{props.empty}</p>
  return (
    <>
      <div className="data-scroll">
        <table className={columns.length > 3 ? 'data data-wide' : 'data'} aria-label={props.label}>
          <thead>
            <tr>
              {columns.map(({ head, isNumber }) => (
                <th key={head} scope="col" className={isNumber ? 'number' : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={props.keyOf(row)}>
                {columns.map(({ head, cell, isNumber }) => (
                  <td key={head} data-head={head} className={isNumber ? 'number' : undefined}>
                    {shown(cell(row))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more?.hasNextPage ? (
        <Button
          mode="plain"
          size="m"
          stretched
          loading={more.isFetchingNextPage}
          onClick={() => void more.fetchNextPage()}
        >
          {moreText}
        </Button>
      ) : null}
    </>
  )
}
