import { type Recording, record } from '@gramkit/services/recording'
import pg from 'pg'
import type { Cost } from './measure.ts'

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
