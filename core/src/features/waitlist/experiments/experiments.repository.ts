import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { COHORTS, type CohortWeights, PERSONAS } from '../score.ts'
import type { CohortReport, Simulation } from './simulation.ts'

const reportRow = z.object({
  cohort: z.enum(COHORTS),
  joined: z.int(),
  invited: z.int(),
  admitted: z.int(),
  hoursToInvite: z.number().nullable(),
})

const simulationRow = z.object({
  people: z.int(),
  moved: z.int(),
  stay: z.int(),
  leave: z.int(),
  enter: z.int(),
  byPersona: z.array(z.object({ persona: z.enum(PERSONAS), now: z.number(), after: z.number() })),
})

/** What other weights did, and what they would do. */
export class ExperimentsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** How those fared who joined between two instants, by cohort. */
  report(since: Date, until: Date): Promise<CohortReport[]> {
    return rows(
      this.#db,
      sql`
        select c.cohort, count(*)::int as joined, count(first.issued_at)::int as invited,
          (count(*) filter (where e.status = 'admitted'))::int as admitted,
          percentile_cont(0.5) within group (
            order by extract(epoch from first.issued_at - e.joined_at) / 3600) as "hoursToInvite"
        from gramkit.waitlist_entry e
        join gramkit.waitlist_class c on c.id = e.class_id
        left join lateral (select min(i.issued_at) as issued_at from gramkit.waitlist_invite i
          where i.entry_id = e.id) first on true
        where e.joined_at between ${since} and ${until} and e.status not in ('unconfirmed', 'left')
        group by c.cohort order by c.cohort`,
      reportRow,
    )
  }

  /**
   * Ranks all who wait by two weights and compares: it sorts them twice, some seconds for a million
   * people, so it is for administrators.
   */
  async simulate(
    weights: { readonly now: CohortWeights; readonly after: CohortWeights },
    batchSize: number,
  ): Promise<Simulation> {
    const [row] = await rows(
      this.#db,
      sql`
        with scored as materialized (
          select c.id, c.persona, n.score as now, a.score as after
          from gramkit.waitlist_class c
          join gramkit.waitlist_scores(${JSON.stringify(weights.now)}::jsonb) n on n.class_id = c.id
          join gramkit.waitlist_scores(${JSON.stringify(weights.after)}::jsonb) a
            on a.class_id = c.id
        ), placed as materialized (
          select s.persona, row_number() over (order by s.now desc, e.seq) as now,
            row_number() over (order by s.after desc, e.seq) as after
          from gramkit.waitlist_entry e join scored s on s.id = e.class_id
          where e.status = 'waiting'
        )
        select count(*)::int as people,
          (count(*) filter (where now <> after))::int as moved,
          (count(*) filter (where now <= ${batchSize} and after <= ${batchSize}))::int as stay,
          (count(*) filter (where now <= ${batchSize} and after > ${batchSize}))::int as leave,
          (count(*) filter (where now > ${batchSize} and after <= ${batchSize}))::int as enter,
          coalesce((select jsonb_agg(p order by p.persona) from (
            select persona, avg(now) as now, avg(after) as after from placed group by persona) p),
            '[]') as "byPersona"
        from placed`,
      simulationRow,
    )
    const { people, moved, stay, leave, enter, byPersona } = simulationRow.parse(row)
    return { people, moved, byPersona, nextBatch: { stay, leave, enter } }
  }
}
