import type * as z from 'zod/mini'
import { useFigures } from './figures.ts'
import { useAdminTexts } from './texts/texts.ts'
import type { gateWire } from './wire.ts'

/** How the gate stands, and why, in one line. */
export function GateNote({ gate }: { gate: z.infer<typeof gateWire> }) {
  const words = useAdminTexts().gate
  const { measure } = useFigures()
  const said = gate.reasons.map(({ code, value, threshold }) => {
    const figures = [value, threshold].flatMap((figure) => (figure === null ? [] : [figure]))
    const told = figures.map((figure) => measure(code, figure)).join(' / ')
    return told === '' ? words.reasons[code] : `${words.reasons[code]} (${told})`
  })
  return (
    <p className={`state state-${gate.state}`}>
      <strong>{words.states[gate.state]}</strong>
      {said.length > 0 ? <span>{said.join(' · ')}</span> : null}
    </p>
  )
}
