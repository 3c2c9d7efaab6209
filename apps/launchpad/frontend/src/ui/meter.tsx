/** How full something is, from 0 to 1. */
export function Meter({ label, value }: { label: string; value: number }) {
  return <meter className="meter" aria-label={label} min={0} max={1} value={value} />
}
