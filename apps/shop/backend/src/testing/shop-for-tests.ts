import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { expectLedgerToAddUp } from './expect-ledger.ts'
import { type RunningShop, startRunningShop } from './running-shop.ts'

/** A shop of its own for each test of the file; after the test its ledger must add up. */
export function shopForEachTest(...options: Parameters<typeof startRunningShop>): RunningShop {
  const running = whatRuns(options)
  beforeEach(running.start)
  afterEach(running.stop)
  return running.shop
}

/** One shop for all tests of the file, or of a `describe`; after them its ledger must add up. */
export function shopForAllTests(...options: Parameters<typeof startRunningShop>): RunningShop {
  const running = whatRuns(options)
  beforeAll(running.start)
  afterAll(running.stop)
  return running.shop
}

/** Stands for the shop that was started last, so that tests hold one name for all of them. */
function whatRuns(options: Parameters<typeof startRunningShop>) {
  let started: RunningShop | undefined
  const now = (): RunningShop => {
    if (!started) throw new Error('The shop is started by the hook before the tests')
    return started
  }
  const shop: RunningShop = {
    get url() {
      return now().url
    },
    get sandbox() {
      return now().sandbox
    },
    get database() {
      return now().database
    },
    get config() {
      return now().config
    },
    get environment() {
      return now().environment
    },
    get adminToken() {
      return now().adminToken
    },
    served: () => now().served(),
    restart: (meanwhile) => now().restart(meanwhile),
    [Symbol.asyncDispose]: () => now()[Symbol.asyncDispose](),
  }
  return {
    shop,
    async start() {
      started = await startRunningShop(...options)
    },
    async stop() {
      await expectLedgerToAddUp(shop)
      await shop[Symbol.asyncDispose]()
    },
  }
}
