import { afterAll, beforeAll, test } from 'vitest'
import { type RunningLaunchpad, startRunningLaunchpad } from './testing/running-launchpad.ts'
import { expectDocumentedAnswers } from './testing/seed-requests.ts'

let launchpad: RunningLaunchpad

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
})
afterAll(() => launchpad[Symbol.asyncDispose]())

test('each request of the first version’s documents is answered as they say, or better', () =>
  expectDocumentedAnswers(launchpad))
