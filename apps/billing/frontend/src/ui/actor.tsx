import { useDesk } from '../desk-context.tsx'

/** Who did something: a key by the end of its id, or one of the known others. */
export function Actor({ actor }: { actor: string }) {
  const { texts } = useDesk()
  const [kind = '', id = ''] = actor.split(':')
  const known: Readonly<Record<string, string>> = texts.actors
  if (id === '') return known[kind] ?? kind
  return (
    <span title={actor}>
      {known[kind] ?? kind} <code>…{id.slice(-6)}</code>
    </span>
  )
}
