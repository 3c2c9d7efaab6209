import { LabelledBy } from '@gramkit/mini-app/ui'
import { useDesk } from '../desk-context.tsx'

/** Narrows a list to one of some states. */
export function StateFilter<State extends string>(props: {
  label: string
  value: State | ''
  states: readonly State[]
  names: Readonly<Record<State, string>>
  onChange: (state: State | '') => void
}) {
  const { texts } = useDesk()
  const { states, names } = props
  return (
    <LabelledBy label={props.label}>
      <select
        value={props.value}
        onChange={({ target }) =>
          props.onChange(states.find((state) => state === target.value) ?? '')
        }
      >
        <option value="">{texts.all}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {names[state]}
          </option>
        ))}
      </select>
    </LabelledBy>
  )
}
