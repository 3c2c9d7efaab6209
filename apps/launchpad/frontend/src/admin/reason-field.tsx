import { Field } from '@gramkit/mini-app/ui'
import { useAdminTexts } from './texts/texts.ts'

/** Where administrators say why, as the audit keeps it: up to 500 characters. */
export function ReasonField(props: { value: string; onChange: (reason: string) => void }) {
  const words = useAdminTexts()
  return (
    <Field
      label={words.settings.reason}
      required
      maxLength={500}
      value={props.value}
      onChange={({ target }) => props.onChange(target.value)}
    />
  )
}
