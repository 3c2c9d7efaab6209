import pg from 'pg'
import type { Cost } from './measure.ts'

/** A statement as it went to PostgreSQL. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a piece of work said to PostgreSQL over node-postgres. */
export interface Recording {
  readonly statements: readonly Statement[]
  /** Times a connection with nothing under way was written to, so that somebody had to wait. */
  readonly roundTrips: number
}

let heard: ((client: object, args: readonly unknown[], answer: unknown) => void) | undefined

// Put in place before any connection is opened: the kit's connections keep the method they meet.
const original = pg.Client.prototype.query
Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
  const answer: unknown = Reflect.apply(original, this, args)
  heard?.(this, args, answer)
  return answer
})

/** Records everything that node-postgres sends from this process while some work runs. */
export async function record(work: () => Promise<unknown>): Promise<Recording> {
  const statements: Statement[] = []
  const waiting = new WeakMap<object, number>()
  let roundTrips = 0
  heard = (client, args, answer) => {
    statements.push(statementOf(args))
    const underWay = waiting.get(client) ?? 0
    if (underWay === 0) roundTrips += 1
    waiting.set(client, underWay + 1)
    const end = (): void => {
      waiting.set(client, (waiting.get(client) ?? 1) - 1)
    }
    Promise.resolve(answer).then(end, end)
  }
  try {
    await work()
  } finally {
    heard = undefined
  }
  return { statements, roundTrips }
}

/** What one of `operations` operations costs; `adminUrl` reads how far the log has come. */
export async function costOf(
  adminUrl: string,
  operations: number,
  work: () => Promise<unknown>,
): Promise<Cost> {
  let recording: Recording | undefined
  const walBytes = await walBytesOf(adminUrl, async () => {
    recording = await record(work)
  })
  return {
    roundTrips: (recording?.roundTrips ?? 0) / operations,
    statements: (recording?.statements.length ?? 0) / operations,
    walBytes: walBytes / operations,
  }
}

/** Bytes of write-ahead log that some work makes. */
export async function walBytesOf(adminUrl: string, work: () => Promise<unknown>): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const position = async (): Promise<string> => {
      const { rows } = await client.query<{ at: string }>(
        'select pg_current_wal_insert_lsn()::text as at',
      )
      return rows[0]?.at ?? '0/0'
    }
    const before = await position()
    await work()
    const { rows } = await client.query<{ bytes: string }>(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::text as bytes',
      [before],
    )
    return Number(rows[0]?.bytes)
  } finally {
    await client.end()
  }
}

function statementOf([first, second]: readonly unknown[]): Statement {
  const ofConfig = (name: string): unknown => Reflect.get(Object(first), name)
  const text = typeof first === 'string' ? first : String(ofConfig('text'))
  const values = Array.isArray(second) ? second : ofConfig('values')
  return { text, values: Array.isArray(values) ? values : [] }
}
