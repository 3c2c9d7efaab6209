import { afterAll, expect, test } from 'vitest'
import { invitationUsed } from './features/invites/index.ts'
import { coreHost, startJobs } from './jobs.ts'
import { forwardToBus, InProcessBus } from './platform/bus/index.ts'
import { testPlatform } from './testing/platform.ts'

const { platform, close } = await testPlatform()
const { invites } = platform.services

afterAll(close)

test('events of the outbox reach the bus once they are committed, also after it was away', async () => {
  await using bus = new InProcessBus({
    onError(error) {
      throw error
    },
  })
  const heard: string[] = []
  await bus.subscribe(invitationUsed, ({ payload }) => heard.push(payload.usedBy), { name: 'mail' })
  let isAway = true
  const forward = forwardToBus(
    {
      async publish(event) {
        if (isAway) throw new Error('the bus is away')
        await bus.publish(event)
      },
    },
    [invitationUsed],
  )
  await using jobs = await startJobs({
    database: platform.database,
    host: coreHost(platform),
    logger: { info() {}, warn() {}, error() {} },
    ...forward,
  })
  const { code } = await invites.create({ createdBy: 'ada', usageLimit: null })
  const undone = platform.services.transaction(async (tx) => {
    await tx.invites.use({ code, usedBy: 'eve' })
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  await invites.use({ code, usedBy: 'bob' })
  // More often than any other job is tried.
  for (let tries = 0; tries < 30; tries++) {
    await jobs.settle()
    await platform.database.executor.execute(
      `update gramkit.job set run_at = now() where name = 'bus.publish'`,
    )
  }
  expect(heard).toEqual([])
  isAway = false
  await invites.use({ code, usedBy: 'ian' })
  await platform.database.executor.execute(
    `update gramkit.job set run_at = now() where name = 'bus.publish'`,
  )
  await jobs.settle()
  expect(heard).toEqual(['bob', 'ian'])
})
