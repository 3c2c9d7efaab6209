import { retryJob } from '@gramkit/core'
import { type Call, type Command, type ExitCode, readId } from './command.ts'
import { openCore } from './core.ts'
import { APP_URL_ENVIRONMENT, appUrl } from './owner.ts'
import { counted, errorLine, mark } from './screen.ts'

const PAGE = 100

/** `gramkit jobs list` */
export const jobsListCommand: Command = {
  name: 'jobs list',
  summary: 'Lists jobs that were put aside as dead after all their tries.',
  environment: APP_URL_ENVIRONMENT,
  notes: [`Shows the ${PAGE} oldest. Ends with 1 when there is one.`],
  run: runList,
}

/** `gramkit jobs retry` */
export const jobsRetryCommand: Command = {
  name: 'jobs retry',
  summary: 'Puts a dead job back with all its tries; the worker takes it.',
  argument: { name: 'id', about: 'The job.' },
  environment: APP_URL_ENVIRONMENT,
  run: runRetry,
}

async function runList(call: Call): Promise<ExitCode> {
  await using opened = await openCore(appUrl(call))
  const { items, nextCursor } = await opened.core.repos.jobs.listDead({ limit: PAGE })
  for (const { id, name, attempts, finishedAt, lastError } of items) {
    call.say(`${id}  ${name}`)
    call.say(
      `    ${finishedAt?.toISOString() ?? ''}, ${counted(attempts, 'try', 'tries')}: ${errorLine(lastError)}`,
    )
  }
  if (items.length === 0) call.say(`${mark('ok')} No job is dead.`)
  if (nextCursor) call.say('… and more: retry these first.')
  return items.length === 0 ? 0 : 1
}

async function runRetry(call: Call): Promise<ExitCode> {
  const id = readId(call.argument)
  await using opened = await openCore(appUrl(call))
  await retryJob(opened.core, id, 'admin')
  call.say(`${mark('ok')} ${id} waits for the worker.`)
  return 0
}
