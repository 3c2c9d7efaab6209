import { startPostgres } from '../postgres/cluster.ts'

const { dataDir, version } = JSON.parse(process.argv[2] ?? '{}')
const cluster = await startPostgres({
  version,
  ...(dataDir === undefined ? {} : { dataDir, persistent: true }),
})
process.stdout.write(`${JSON.stringify({ pid: cluster.pid, dataDir: cluster.dataDir })}\n`)
