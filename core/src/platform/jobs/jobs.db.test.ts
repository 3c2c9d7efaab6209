import pg from 'pg'
import { jobsContract } from '../../testing/contracts/jobs.contract.ts'
import { isRetryable } from '../database/index.ts'
import { bullmqOnPostgres, migrateQueue, QUEUE_SCHEMA } from './bullmq.ts'

jobsContract({
  name: 'BullMQ on PostgreSQL',
  kind: 'postgres',
  prepare: ({ ownerUrl }) => migrateQueue(ownerUrl),
  urlOf: ({ appUrl }) => appUrl,
  open: (url) => bullmqOnPostgres({ url }),
  async empty({ ownerUrl }) {
    const owner = new pg.Client({ connectionString: ownerUrl })
    await owner.connect()
    const { rows } = await owner.query<{ tables: string }>(
      `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables
       from pg_tables where schemaname = $1 and tablename <> 'migration'`,
      [QUEUE_SCHEMA],
    )
    const truncate = (): Promise<unknown> =>
      owner.query(`truncate ${rows[0]?.tables}`).catch((error: unknown) => {
        // Whoever works the queue meanwhile takes its tables in another order.
        if (isRetryable(error)) return truncate()
        throw error
      })
    await truncate().finally(() => owner.end())
  },
})
