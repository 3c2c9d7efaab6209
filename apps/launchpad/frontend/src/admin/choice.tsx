import { LabelledBy } from '../ui/field.tsx'
import { useAdminTexts } from './texts/texts.ts'

/** Chooses one of some, or all of them. */
export function Choice<Option extends string>(props: {
  label: string
  value: string
  options: readonly Option[]
  names: Readonly<Record<Option, string>>
  onChange: (value: string) => void
}) {
  const words = useAdminTexts()
  return (
    <LabelledBy label={props.label}>
      <select value={props.value} onChange={({ target }) => props.onChange(target.value)}>
        <option value="">{words.all}</option>
        {props.options.map((option) => (
          <option key={option} value={option}>
            {props.names[option]}
          </option>
        ))}
      </select>
    </LabelledBy>
  )
}
