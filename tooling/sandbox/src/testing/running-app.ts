import { freePort } from '@gramkit/services'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import type { SandboxOptions } from '../options.ts'
import { type Sandbox, startSandbox } from '../sandbox.ts'

/** An app that really listens, on its own database, with a sandbox around it. */
export interface RunningApp<Served> extends AsyncDisposable {
  readonly url: string
  readonly sandbox: Sandbox
  readonly database: TestDatabase
  readonly served: () => Served
  /** Stops the app and starts it again on the same data, after something has happened. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>
}

/** Where an app of a test is at home. */
interface Home {
  readonly url: string
  readonly port: number
  readonly sandbox: Sandbox
  readonly database: TestDatabase
}

/** Starts an app for a test file. */
export async function startRunningApp<Served extends { close(): Promise<void> }>(app: {
  /** Brings a database up to date, as its owner. */
  migrate(ownerUrl: string): Promise<void>
  /** Its bots and shops, and those of others on the same sandbox. */
  accounts(url: string): Pick<SandboxOptions, 'bots' | 'shops' | 'stripeAccounts'>
  /** The app shows the sandbox below its own address. [no] */
  readonly sandboxOnSameOrigin?: boolean | undefined
  /** Serves it; called again for each restart. */
  serve(home: Home): Promise<Served>
}): Promise<RunningApp<Served>> {
  const database = await testDatabase()
  await app.migrate(database.ownerUrl)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = await startSandbox({
    dataDir: ':memory:',
    limits: {
      retryScale: 0.01,
      // Telegram counts in real time, and a moved clock brings what takes months in a moment.
      messagesPerSecond: 1_000_000,
      messageBurstPerChat: 1_000_000,
      messagesKept: 1_000_000,
    },
    ...(app.sandboxOnSameOrigin ? { publicUrl: url } : {}),
    ...app.accounts(url),
  })
  const home = { url, port, sandbox, database }
  let served = await app.serve(home)
  return {
    ...{ url, sandbox, database },
    served: () => served,
    async restart(meanwhile) {
      await served.close()
      await meanwhile?.()
      served = await app.serve(home)
    },
    async [Symbol.asyncDispose]() {
      await served.close()
      await sandbox.close()
      await database.drop()
    },
  }
}
