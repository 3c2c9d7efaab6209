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
  ranked: z.int(),
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
   * Ranks who waits by two weights and compares. Of more people than are ranked at most some are ranked,
   * by a hash of their number, and the rest estimated by them; the next batch is exact all the same.
   */
  async simulate(
    weights: { readonly now: CohortWeights; readonly after: CohortWeights },
    { batchSize, rankedMax }: { readonly batchSize: number; readonly rankedMax: number },
  ): Promise<Simulation> {
    const next = (score: 'now' | 'after') => sql`
      select e.seq from scored s cross join lateral (
        select o.seq from gramkit.waitlist_entry o
        where o.class_id = s.id and o.status = 'waiting' order by o.seq limit ${batchSize}
      ) e order by s.${sql.identifier(score)} desc, e.seq limit ${batchSize}`
    const [row] = await rows(
      this.#db,
      sql`
        with scored as materialized (
          select c.id, c.persona, n.score as now, a.score as after
          from gramkit.waitlist_class c
          join gramkit.waitlist_scores(${JSON.stringify(weights.now)}::jsonb) n on n.class_id = c.id
          join gramkit.waitlist_scores(${JSON.stringify(weights.after)}::jsonb) a
            on a.class_id = c.id
        ), size as materialized (
          select coalesce(sum(n.entries), 0) as people,
            greatest(ceil(sum(n.entries) / ${rankedMax}::numeric), 1)::bigint as step
          from gramkit.waitlist_class_count n where n.status = 'waiting'
        ), placed as materialized (
          select s.persona, size.step * row_number() over (order by s.now desc, e.seq) as now,
            size.step * row_number() over (order by s.after desc, e.seq) as after
          from gramkit.waitlist_entry e join scored s on s.id = e.class_id cross join size
          where e.status = 'waiting' and (hashint8(e.seq) & 2147483647) % size.step = 0
        ), next as materialized (
          select count(n.seq) as now, count(a.seq) as after,
            count(*) filter (where n.seq = a.seq) as stay
          from (${next('now')}) n full join (${next('after')}) a on a.seq = n.seq
        ), counted as (
          select count(*) as ranked, avg((now <> after)::integer) as moved from placed
        )
        select size.people::int as people, counted.ranked::int as ranked,
          coalesce(round(counted.moved * size.people), 0)::int as moved,
          next.stay::int as stay, (next.now - next.stay)::int as leave,
          (next.after - next.stay)::int as enter,
          coalesce((select jsonb_agg(p order by p.persona) from (
            select persona, avg(now) as now, avg(after) as after from placed group by persona) p),
            '[]') as "byPersona"
        from size, counted, next`,
      simulationRow,
    )
    const { stay, leave, enter, ...simulated } = simulationRow.parse(row)
    return { ...simulated, nextBatch: { stay, leave, enter } }
  }
}
