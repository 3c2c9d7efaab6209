/** A state in words; how good or bad it is, its colour says as well. */
export function StateBadge({ state, name }: { state: string; name: string }) {
  return <span className={`badge badge-${state.replaceAll('_', '-')}`}>{name}</span>
}
