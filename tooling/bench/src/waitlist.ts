/**
 * P10: somebody's position among 1,000,000 people who wait, beside 10,000, beside a point read by an
 * index, and beside a plain count.
 *
 * @module
 */
import { waitlistWeights } from '@gramkit/core/waitlist'
import pg from 'pg'
import { costOf } from './cost.ts'
import { alternate, type Cost, medianOf, type Report, withCosts } from './measure.ts'
import { type BenchShop, openBenchShop } from './settlement/shop.ts'

const MANY = 1_000_000
const FEW = 10_000
/** Positions that one round asks for, of people all over the queue. */
const ASKED = 200
const ASKED_PLAINLY = 5

const KIT = 'waitlist.position'
const COUNTS = 'its count alone'
const POINT = 'an entry by its id'
const PLAIN = 'a plain count'

/** Runs the comparison. */
export async function measureWaitlist(): Promise<Report> {
  await using few = await openBenchShop(1)
  await using many = await openBenchShop(1)
  const pool = new pg.Pool({ connectionString: many.appUrl, max: 1 })
  pool.on('error', () => {})
  try {
    const people = { few: await fill(few, FEW), many: await fill(many, MANY) }
    return await compare({ few, many, pool }, people)
  } finally {
    await pool.end()
  }
}

async function compare(
  { few, many, pool }: { few: BenchShop; many: BenchShop; pool: pg.Pool },
  people: { few: readonly string[]; many: readonly string[] },
): Promise<Report> {
  const { waitlist, repos } = many.platform.services
  const [one = ''] = people.many
  const [{ position }, plain] = [await waitlist.position(one), await countPlainly(pool, one)]
  if (position !== plain) throw new Error(`Position ${position} is ${plain} by a plain count`)
  const weights = { control: waitlistWeights.initial, trial: waitlistWeights.initial }
  const counted = { weights, since: new Date() }
  const sides = [
    { name: `${KIT} of 1,000,000`, ids: people.many, ask: (id: string) => waitlist.position(id) },
    {
      name: `${KIT} of 10,000`,
      ids: people.few,
      ask: (id: string) => few.platform.services.waitlist.position(id),
    },
    {
      name: `${COUNTS} of 1,000,000`,
      ids: people.many,
      ask: (id: string) => repos.waitlistPlaces.findPlace(id, counted),
    },
    {
      name: `${COUNTS} of 10,000`,
      ids: people.few,
      ask: (id: string) => few.platform.services.repos.waitlistPlaces.findPlace(id, counted),
    },
    { name: POINT, ids: people.many, ask: (id: string) => repos.waitlistEntries.findById(id) },
    {
      name: PLAIN,
      ids: people.many.slice(0, ASKED_PLAINLY),
      ask: (id: string) => countPlainly(pool, id),
    },
  ] as const
  const figures = await alternate(
    'µs',
    sides.map(({ name, ids, ask }) => ({
      name,
      async measure() {
        const begin = performance.now()
        for (const id of ids) await ask(id)
        return ((performance.now() - begin) * 1_000) / ids.length
      },
    })),
  )
  const costs = new Map<string, Cost>()
  for (const { name, ids, ask } of sides.slice(0, -1)) {
    const cost = await costOf(many.adminUrl, ids.length, async () => {
      for (const id of ids) await ask(id)
    })
    costs.set(name, cost)
  }
  const ratio = (what: string, beside: string) =>
    medianOf(figures, what) / medianOf(figures, beside)
  return {
    figures: withCosts(figures, costs),
    comparisons: [
      {
        what: `${KIT}, 1,000,000 / 10,000 people`,
        value: ratio(`${KIT} of 1,000,000`, `${KIT} of 10,000`),
        goal: 2,
        direction: 'at most',
      },
      {
        what: `${KIT} / ${POINT}`,
        value: ratio(`${KIT} of 1,000,000`, POINT),
        goal: 10,
        direction: 'at most',
      },
    ],
  }
}

/** Lets people wait, of all personas and some referrals, and gives some from all over the queue. */
async function fill({ admin }: BenchShop, people: number): Promise<string[]> {
  await admin.query(`insert into gramkit.waitlist_class
      (persona, is_detailed, has_keyword, referrals, cohort)
    select p, d, k, r, 'control'
    from unnest('{solo_founder,small_team,agency,content_creator,other}'::text[]) p,
      (values (true), (false)) ds (d), (values (true), (false)) ks (k), generate_series(0, 10) r`)
  await admin.query(
    `insert into gramkit.waitlist_entry
      (id, email, class_id, use_case, language, referral_code, status, joined_at, confirmed_at)
    select gen_random_uuid(), 'somebody-' || n || '@example.org', c.ids[1 + (n::bigint * 7919) % c.size],
      'Test', 'en', lpad(n::text, 10, '0'), 'waiting', now(), now()
    from generate_series(1, $1::int) n,
      (select array_agg(id order by id) as ids, count(*)::int as size
       from gramkit.waitlist_class) c`,
    [people],
  )
  await admin.query('vacuum (analyze) gramkit.waitlist_entry')
  await admin.query('vacuum (analyze) gramkit.waitlist_class_count, gramkit.waitlist_bucket_count')
  const { rows } = await admin.query<{ id: string }>(
    `select id from gramkit.waitlist_entry
     where seq % ($1::int / $2::int) = 0 order by seq limit $2`,
    [people, ASKED],
  )
  if (rows.length < ASKED) throw new Error('Too few people wait')
  return rows.map(({ id }) => id)
}

/** What the original does, with an index for it: everybody before somebody is counted. */
async function countPlainly(pool: pg.Pool, id: string): Promise<number> {
  const { rows } = await pool.query<{ position: number }>(
    `with scored as (select * from gramkit.waitlist_scores($2::jsonb)),
     mine as (select e.seq, s.score from gramkit.waitlist_entry e
       join scored s on s.class_id = e.class_id where e.id = $1)
     select (1 + count(*))::int as position from mine, gramkit.waitlist_entry e
     join scored s on s.class_id = e.class_id
     where e.status = 'waiting' and (s.score > mine.score or s.score = mine.score and e.seq < mine.seq)`,
    [id, JSON.stringify({ control: waitlistWeights.initial })],
  )
  return rows[0]?.position ?? 0
}
