import { LabelledBy } from '@gramkit/mini-app/ui'
import { useId } from 'react'
import { type Persona, personas } from '../api/wire.ts'
import { useLaunchpad } from '../launchpad-context.tsx'

/** Who somebody is, and what they want the app for: what their score is made of. */
export function UseCaseFields(props: {
  persona: Persona
  useCase: string
  wrong?: string | undefined
  onPersona: (persona: Persona) => void
  onUseCase: (text: string) => void
}) {
  const { texts } = useLaunchpad()
  const noteId = useId()
  const words = texts.join
  const count = props.useCase.split(/\s+/).filter((word) => word !== '').length
  return (
    <>
      <fieldset className="choices">
        <legend className="label">{words.persona}</legend>
        {personas.map((persona) => (
          <label key={persona} className="pick">
            <input
              type="radio"
              name="persona"
              value={persona}
              checked={persona === props.persona}
              onChange={() => props.onPersona(persona)}
            />
            {texts.personas[persona]}
          </label>
        ))}
      </fieldset>
      <LabelledBy
        label={words.useCase}
        note={props.wrong ?? (count === 0 ? words.useCaseHint : words.words(count))}
        noteId={noteId}
        isWrong={props.wrong !== undefined}
      >
        <textarea
          name="use-case"
          rows={4}
          maxLength={2_000}
          aria-invalid={props.wrong !== undefined}
          aria-describedby={noteId}
          value={props.useCase}
          onChange={({ target }) => props.onUseCase(target.value)}
        />
      </LabelledBy>
    </>
  )
}
