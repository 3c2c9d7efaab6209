import { useAdminTexts } from './texts/texts.ts'

/** How whoever did something is called: of an admin's id the end tells them apart. */
export function useActorName(): (actor: string) => string {
  const words = useAdminTexts().actors
  const known: Readonly<Record<string, string>> = words.known
  return (actor) => known[actor] ?? words.person(actor.slice(-6))
}
