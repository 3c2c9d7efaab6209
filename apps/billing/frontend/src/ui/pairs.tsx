import type { ReactNode } from 'react'

/** Facts, each with its name; those that are nothing are left out. */
export function Pairs({ rows }: { rows: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="pairs">
      {rows.map(([name, value]) =>
        value === null || value === '' ? null : (
          <div key={name} className="pairs-row">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
