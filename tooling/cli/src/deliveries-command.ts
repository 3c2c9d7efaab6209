import { replayDelivery } from '@gramkit/core'
import type { InboxRow } from '@gramkit/core/inbox'
import type { PageRequest } from '@gramkit/core/kernel'
import { APP_ENVIRONMENT, withApp } from './app.ts'
import { APP_OPTION, type Call, type Command, type ExitCode, readId } from './command.ts'
import { openCore } from './core.ts'
import { WrongUsage } from './failures.ts'
import { APP_URL_ENVIRONMENT, appUrl } from './owner.ts'
import { counted, errorLine, mark } from './screen.ts'

const PAGE = 100

/** `gramkit deliveries list` */
export const deliveriesListCommand: Command = {
  name: 'deliveries list',
  summary: 'Lists deliveries of providers that were parked after all their tries.',
  environment: APP_URL_ENVIRONMENT,
  notes: [`Shows the ${PAGE} oldest. Ends with 1 when there is one.`],
  run: runList,
}

/** `gramkit deliveries replay` */
export const deliveriesReplayCommand: Command = {
  name: 'deliveries replay',
  summary: 'Tries parked deliveries again, with all their tries.',
  argument: { name: 'id', about: 'The delivery, unless --all is given.', isOptional: true },
  options: { app: APP_OPTION, all: { about: 'All that are parked.' } },
  environment: APP_ENVIRONMENT,
  notes: [
    'A delivery that was applied before has no second effect. One that fails again is tried by the',
    'worker as a new one is. Ends with 1 when any failed.',
  ],
  run: runReplay,
}

async function runList(call: Call): Promise<ExitCode> {
  await using opened = await openCore(appUrl(call))
  const { items, nextCursor } = await opened.core.repos.inbox.listParked({ limit: PAGE })
  for (const { id, provider, key, attempts, receivedAt, lastError } of items) {
    call.say(`${id}  ${provider} ${key}`)
    call.say(
      `    ${receivedAt.toISOString()}, ${counted(attempts, 'try', 'tries')}: ${errorLine(lastError)}`,
    )
  }
  if (items.length === 0) call.say(`${mark('ok')} No delivery is parked.`)
  if (nextCursor) call.say('… and more: replay these first.')
  return items.length === 0 ? 0 : 1
}

async function runReplay(call: Call): Promise<ExitCode> {
  const { argument, flags } = call
  if ((argument !== undefined) === flags.has('all')) {
    throw new WrongUsage('Name one delivery by its id, or all by --all.')
  }
  return withApp(call, async ({ platform, inbox }) => {
    const parked = (request: PageRequest) => platform.core.repos.inbox.listParked(request)
    let tried = 0
    let failed = 0
    for await (const id of argument === undefined ? idsOf(parked) : [readId(argument)]) {
      const outcome = await replayDelivery(inbox, id, 'admin')
      const isDone = outcome === 'done' || outcome === 'duplicate'
      if (!isDone) failed += 1
      call.say(`${mark(isDone ? 'ok' : 'problem')} ${id}  ${outcome}`)
      tried += 1
    }
    if (tried === 0) call.say(`${mark('ok')} No delivery is parked.`)
    if (failed > 0)
      call.say(`${counted(failed, 'delivery', 'deliveries')} failed again; the log says why.`)
    return failed === 0 ? 0 : 1
  })
}

/** All parked ones, page by page; those that are parked meanwhile are left for the next time. */
async function* idsOf(
  parked: (request: PageRequest) => Promise<{ items: InboxRow[]; nextCursor: string | null }>,
): AsyncGenerator<string> {
  let cursor: string | null = null
  do {
    const page = await parked({ limit: PAGE, ...(cursor ? { cursor } : {}) })
    cursor = page.nextCursor
    for (const { id } of page.items) yield id
  } while (cursor)
}
