import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isAppError, newId } from '../../kernel/index.ts'
import { databaseError } from '../../platform/database/index.ts'
import { aTenant } from '../../testing/billing.ts'
import { fillTenant } from '../../testing/isolation/contents.ts'
import { REPOSITORY_PROBES, SERVICE_PROBES } from '../../testing/isolation/every-probe.ts'
import { testPlatform } from '../../testing/platform.ts'
import { TenantBilling } from './tenant-billing.ts'
import { TenantRepositories } from './tenant-repositories.ts'

/** Members of a tenant's billing that are no services. */
const NO_SERVICE = [
  ...['clock', 'core', 'pricingPlugIns', 'repos', 'taxCalculation', 'webhookReach'],
]
/** Methods that a class has for itself; the language hides them from others. */
const PROTECTED = ['constructor', 'own']
/** What the database says to who writes what is not theirs, or what is not there for them. */
const REFUSALS = ['42501', '23503', '23505', '23514']

const { database, services, close } = await testPlatform()
const admin = new pg.Client(database.adminUrl)
const app = new pg.Client(database.appUrl)
await Promise.all([admin.connect(), app.connect()])

const mark = `theirs-${newId()}`
const their = await aTenant(services)
const theirs = await fillTenant(services, their, mark)
const our = await aTenant(services)
const { rows: tables } = await admin.query<{ name: string }>(
  `select relname as name from pg_class where relnamespace = 'gramkit'::regnamespace
     and relkind in ('r', 'p') and relname like 'billing\\_%' order by 1`,
)

let before: string

beforeAll(async () => {
  before = await readTheirs()
})

afterAll(async () => {
  await Promise.all([admin.end(), app.end()])
  await close()
})

/** Every row of theirs in every table of billing, as the superuser sees it. */
async function readTheirs(): Promise<string> {
  const parts = tables.map(
    ({ name }) => `select '${name}', to_jsonb(t)::text from gramkit.${name} t where tenant_id = $1`,
  )
  const query = { text: `${parts.join(' union all ')} order by 1, 2`, rowMode: 'array' }
  const { rows } = await admin.query<string[], string[]>(query, [their.tenantId])
  return rows.join('\n')
}

/** Runs statements as the application, as a tenant or as none, and takes them back. */
async function asTenant<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  await app.query('begin')
  try {
    await app.query(`select set_config('gramkit.tenant', $1, true)`, [tenantId])
    return await work()
  } finally {
    await app.query('rollback')
  }
}

/**
 * Calls a method with another tenant's things: it shows nothing and changes nothing, and fails for a
 * known reason only. What a call was given it may give back.
 */
async function probe(call: () => unknown, given: unknown[] = []): Promise<void> {
  let result: unknown
  try {
    result = await call()
  } catch (error) {
    const isRefused =
      (isAppError(error) && error.kind !== 'internal') ||
      REFUSALS.includes(databaseError(error)?.code ?? '')
    if (!isRefused) throw error
  }
  const shown = written(result)
  expect(shown).not.toContain(their.tenantId)
  if (!written(given).includes(mark)) expect(shown).not.toContain(mark)
  expect(await readTheirs()).toBe(before)
}

const written = (value: unknown): string =>
  JSON.stringify([value], (_, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  )

describe.each(tables)('$name', ({ name }) => {
  const table = `gramkit.${name}`

  test('belongs to tenants in its key, its foreign keys and its unique indexes', async () => {
    const { rows: keys } = await admin.query<{ name: string; columns: string[] }>(
      `select c.relname as name, array(select a.attname::text from unnest(i.indkey) with ordinality k (n, place)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by place) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = $1::regclass and i.indisunique`,
      [table],
    )
    expect(keys).toContainEqual({
      name: `${name}_pkey`,
      columns: expect.arrayContaining(['tenant_id']),
    })
    // Operators know tenants by their codes.
    const own = keys.filter((key) => key.name !== 'billing_tenant_code_key')
    expect(own.filter(({ columns }) => columns[0] !== 'tenant_id')).toEqual([])
  })

  test('refers to rows of its own tenant alone, by foreign keys that are indexed', async () => {
    const { rows: keys } = await admin.query<{
      name: string
      columns: string[]
      aim: string
      aims: string[]
      isIndexed: boolean
    }>(
      `select k.conname as name, k.confrelid::regclass::text as aim,
         array(select a.attname::text from unnest(k.conkey) with ordinality c (n, place)
           join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.n order by place) as columns,
         array(select a.attname::text from unnest(k.confkey) with ordinality c (n, place)
           join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.n order by place) as aims,
         exists (select from pg_index i where i.indrelid = k.conrelid and
           (select array_agg(n order by n) from unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) n)
           = (select array_agg(n order by n) from unnest(k.conkey) n)) as "isIndexed"
       from pg_constraint k where k.conrelid = $1::regclass and k.contype = 'f'`,
      [table],
    )
    expect(keys.filter(({ isIndexed }) => !isIndexed)).toEqual([])
    const within = keys.filter(({ aim }) => aim.startsWith('gramkit.billing_'))
    const leaving = within.filter(
      ({ columns, aims }) => columns[0] !== 'tenant_id' || aims[0] !== 'tenant_id',
    )
    expect(leaving, 'a plain foreign key reaches another tenant’s row').toEqual([])
    if (name !== 'billing_tenant') expect(within.length).toBeGreaterThan(0)
  })

  test('has one policy, for whatever the application does', async () => {
    const { rows: policies } = await admin.query(
      `select polname as name, polcmd as command, polpermissive as "isPermissive", relrowsecurity as "isOn",
         pg_get_expr(polqual, polrelid) as seen, pg_get_expr(polwithcheck, polrelid) as written,
         polroles::regrole[]::text[] as roles
       from pg_class left join pg_policy on polrelid = pg_class.oid where pg_class.oid = $1::regclass`,
      [table],
    )
    const own =
      "(tenant_id = ( SELECT (NULLIF(current_setting('gramkit.tenant'::text, true), ''::text))::uuid AS \"nullif\"))"
    expect(policies).toEqual([
      {
        ...{ name: 'tenant', command: '*', isPermissive: true, isOn: true, roles: ['gramkit_app'] },
        ...{ seen: own, written: own },
      },
    ])
  })

  test.each(['another tenant', 'no tenant'])('is neither seen nor written by %s', async (who) => {
    const count = `select count(*)::int as count from ${table}`
    const { rows: all } = await admin.query(`${count} where tenant_id = $1`, [their.tenantId])
    expect(all[0].count, 'core/src/testing/isolation fills no row of this table').toBeGreaterThan(0)
    const tenantId = who === 'no tenant' ? '' : our.tenantId
    const seen = await asTenant(tenantId, () =>
      app.query(`${count} where tenant_id = $1`, [their.tenantId]),
    )
    expect(seen.rows).toEqual([{ count: 0 }])
    for (const statement of [
      `update ${table} set tenant_id = tenant_id`,
      `delete from ${table}`,
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`,
    ]) {
      const rows = `select jsonb_agg(t)::text as rows from ${table} t where tenant_id = $1`
      const { rows: copied } = await admin.query(rows, [their.tenantId])
      const written = await asTenant(tenantId, () =>
        app.query(statement, statement.includes('$1') ? [copied[0].rows] : []),
      ).then(
        ({ rowCount }) => rowCount,
        (error: { readonly code: string }) => error.code,
      )
      // Refused by a right or by the policy, or there is nothing that it could touch.
      if (statement.startsWith('insert')) expect(written).toBe('42501')
      else expect(['42501', 0, who === 'no tenant' ? 0 : 1]).toContain(written)
    }
    expect(await readTheirs()).toBe(before)
  })
})

describe('every service of a tenant', () => {
  test('is listed with its methods', () => {
    expect(gettersOf(TenantBilling).filter((name) => !NO_SERVICE.includes(name))).toEqual(
      Object.keys(SERVICE_PROBES).sort(),
    )
    for (const [name, probes] of Object.entries(SERVICE_PROBES)) {
      expect(methodsOf(Reflect.get(our, name)), name).toEqual(Object.keys(probes).sort())
    }
  })

  const calls = Object.entries(SERVICE_PROBES).flatMap(([name, probes]) =>
    Object.entries(probes).map(([method, args]) => ({ name, method, args })),
  )
  test.each(calls)('$name $method', async ({ name, method, args }) => {
    const service = Reflect.get(await aTenant(services), name)
    await probe(() => Reflect.apply(Reflect.get(service, method), service, args(theirs)))
  })
})

describe('every repository of a tenant', () => {
  test('is listed with its methods', async () => {
    expect(gettersOf(TenantRepositories)).toEqual(Object.keys(REPOSITORY_PROBES).sort())
    await our.transaction(async ({ repos }) => {
      for (const [name, probes] of Object.entries(REPOSITORY_PROBES)) {
        expect(methodsOf(Reflect.get(repos, name)), name).toEqual(Object.keys(probes).sort())
      }
    })
  })

  const calls = Object.entries(REPOSITORY_PROBES).flatMap(([name, probes]) =>
    Object.entries(probes).map(([method, args]) => ({ name, method, args })),
  )
  test.each(calls)('$name $method', async ({ name, method, args }) => {
    const given = args(theirs)
    const ours = await aTenant(services)
    await probe(
      () =>
        ours.transaction(async ({ repos }) => {
          const repository = Reflect.get(repos, name)
          return Reflect.apply(Reflect.get(repository, method), repository, given)
        }),
      given,
    )
  })
})

function gettersOf(aggregator: { readonly prototype: object }): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(aggregator.prototype))
    .flatMap(([name, { get }]) => (get ? [name] : []))
    .sort()
}

/** The methods of an object and of what it extends. */
function methodsOf(of: object): string[] {
  const names = new Set<string>()
  for (
    let at = Reflect.getPrototypeOf(of);
    at !== Object.prototype && at;
    at = Reflect.getPrototypeOf(at)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && !PROTECTED.includes(name)) names.add(name)
    }
  }
  return [...names].sort()
}
