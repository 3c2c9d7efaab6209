import { Failure } from '@gramkit/mini-app/ui'
import { useMutation } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { BarsChart } from './chart.tsx'
import { ExperimentCard } from './experiment-card.tsx'
import { SettingCard } from './setting-card.tsx'
import type { Json } from './setting-leaves.ts'
import { useAdminTexts } from './texts/texts.ts'
import { simulationWire } from './wire.ts'

/** By what the queue is ordered: tried out before it is published, or on some people first. */
export function ScoreView() {
  const words = useAdminTexts().score
  return (
    <div className="pair">
      <SettingCard title={words.weights} note={words.weightsNote} path="/api/waitlist/weights">
        {(draft) => <Simulation weights={draft} />}
      </SettingCard>
      <div className="column">
        <ExperimentCard />
        <SettingCard title={words.waits} note={words.waitsNote} path="/api/waitlist/waits" />
      </div>
    </div>
  )
}

function Simulation({ weights }: { weights: Json }) {
  const { adminApi } = useLaunchpad()
  const words = useAdminTexts().score
  const simulate = useMutation({
    mutationFn: () => {
      const ask = { method: 'POST', body: { value: weights } } as const
      return adminApi.ask(simulationWire, '/api/waitlist/weights/simulate', ask)
    },
  })
  return (
    <div className="outcome">
      <Button
        type="button"
        size="m"
        mode="bezeled"
        loading={simulate.isPending}
        onClick={() => simulate.mutate()}
      >
        {words.simulate}
      </Button>
      {simulate.error ? <Failure error={simulate.error} onHide={simulate.reset} /> : null}
      {simulate.data ? <Outcome simulation={simulate.data} /> : null}
    </div>
  )
}

function Outcome({ simulation }: { simulation: z.infer<typeof simulationWire> }) {
  const { texts } = useLaunchpad()
  const words = useAdminTexts().score
  const { people, ranked, next_batch: next } = simulation
  return (
    <div role="status">
      <p>
        <strong>{words.moved(simulation.moved, people)}</strong>
      </p>
      {ranked < people ? <p className="hint">{words.estimated(ranked)}</p> : null}
      <p className="hint">{words.nextBatch(next.stay, next.leave, next.enter)}</p>
      <BarsChart
        label={words.byPersona}
        data={simulation.by_persona.map((row) => ({
          ...{ now: row.now, after: row.after },
          persona: texts.personas[row.persona],
        }))}
        by="persona"
        series={[
          { key: 'now', name: words.now },
          { key: 'after', name: words.after },
        ]}
      />
      <p className="hint">{words.byPersona}</p>
    </div>
  )
}
