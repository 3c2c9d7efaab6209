import { Card, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { deskListQuery, deskQuery } from '../api/queries.ts'
import { type Plan, planViewWire, planWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { Pairs } from '../ui/pairs.tsx'
import { StateBadge } from '../ui/state-badge.tsx'

/** What is sold. */
export function PlansView() {
  const desk = useDesk()
  const { texts } = desk
  const plans = useInfiniteQuery(deskListQuery(desk, planWire, 'plans', { which: 'all' }))
  return (
    <Loaded query={plans} rows={6}>
      {(rows) => (
        <>
          {rows.length === 0 ? <p className="empty">{texts.plans.none}</p> : null}
          <div className="pair">
            {rows.map((plan) => (
              <LoadedPlan key={plan.id} id={plan.id} />
            ))}
          </div>
          {plans.hasNextPage ? (
            <Button mode="plain" size="m" stretched onClick={() => void plans.fetchNextPage()}>
              {texts.more}
            </Button>
          ) : null}
        </>
      )}
    </Loaded>
  )
}

function LoadedPlan({ id }: { id: string }) {
  const plan = useQuery(deskQuery(useDesk(), planViewWire, `plans/${id}`))
  return <Loaded query={plan}>{(found) => <PlanCard plan={found} />}</Loaded>
}

function PlanCard({ plan }: { plan: Plan }) {
  const { texts } = useDesk()
  const { money } = useFigures()
  const words = texts.plans
  const cycles: Readonly<Record<string, string>> = texts.cycles
  const version = plan.current ?? plan.draft
  const state = plan.archivedAt !== null ? 'archived' : plan.current ? 'published' : 'draft'
  return (
    <Card
      title={plan.name}
      note={plan.description || undefined}
      actions={<StateBadge state={`plan-${state}`} name={words.states[state]} />}
    >
      {version ? (
        <Pairs
          rows={[
            [texts.columns.code, plan.code],
            [texts.columns.version, words.version(version.number, plan.draft?.number)],
            [texts.columns.cycle, cycles[version.cycle] ?? version.cycle],
            [words.trial, version.trialDays === 0 ? null : texts.days(version.trialDays)],
            [
              words.setupFee,
              version.setupFee === '0'
                ? null
                : money({ amount: version.setupFee, currency: version.currency }),
            ],
            ...version.charges.map(
              (charge) =>
                [charge.title, <Price key={charge.key} {...{ charge, version }} />] as const,
            ),
          ]}
        />
      ) : null}
    </Card>
  )
}

type Version = NonNullable<Plan['current']>

function Price({ charge, version }: { charge: Version['charges'][number]; version: Version }) {
  const { texts } = useDesk()
  const { number } = useFigures()
  const models: Readonly<Record<string, string>> = texts.plans.models
  const model = models[charge.model] ?? charge.model
  return (
    <>
      {charge.rate === undefined ? model : `${number(charge.rate)} ${version.currency}, ${model}`}
      {charge.meter === undefined ? null : ` · ${charge.meter}`}
    </>
  )
}
