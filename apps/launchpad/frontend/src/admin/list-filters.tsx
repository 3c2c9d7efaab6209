import { Field, LabelledBy } from '@gramkit/mini-app/ui'
import { useAdminTexts } from './texts/texts.ts'

/** What a list is narrowed to: by a text, and by one of some states. */
export interface ListFilter {
  readonly text: string
  readonly status: string
}

/** The whole list. */
export const NO_FILTER: ListFilter = { text: '', status: '' }

/** Narrows a list. */
export function ListFilters<Status extends string>(props: {
  /** What the text is compared with. */
  label: string
  filter: ListFilter
  statuses: readonly Status[]
  names: Readonly<Record<Status, string>>
  onChange: (filter: ListFilter) => void
}) {
  const words = useAdminTexts()
  const { filter, onChange } = props
  return (
    <div className="filters">
      <Field
        label={props.label}
        type="search"
        value={filter.text}
        onChange={({ target }) => onChange({ ...filter, text: target.value })}
      />
      <LabelledBy label={words.columns.status}>
        <select
          value={filter.status}
          onChange={({ target }) => onChange({ ...filter, status: target.value })}
        >
          <option value="">{words.all}</option>
          {props.statuses.map((status) => (
            <option key={status} value={status}>
              {props.names[status]}
            </option>
          ))}
        </select>
      </LabelledBy>
    </div>
  )
}
