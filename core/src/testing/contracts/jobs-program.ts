/** A process of its own that works the jobs of the contract until it is killed. */
import { systemClock } from '../../kernel/index.ts'
import { openNodePostgres } from '../../platform/database/index.ts'
import { bullmqOnPostgres, bullmqOnRedis } from '../../platform/jobs/bullmq.ts'
import { startJobs } from '../../platform/jobs/index.ts'
import { linger, probeHost } from './jobs-probe.ts'

const [databaseUrl = '', kind, queueUrl = ''] = process.argv.slice(2)
const database = openNodePostgres({ url: databaseUrl })
const open = kind === 'redis' ? bullmqOnRedis : bullmqOnPostgres
await startJobs({
  database,
  host: probeHost(database, systemClock),
  logger: console,
  roles: ['relay', 'worker'],
  transport: open({ url: queueUrl }),
  jobs: [linger],
})
