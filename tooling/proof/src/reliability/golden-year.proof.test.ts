import { createPlatform } from '@gramkit/core'
import type { TenantBilling } from '@gramkit/core/billing'
import { VirtualClock } from '@gramkit/core/kernel'
import { testDatabase } from '@gramkit/services/testing'
import { expect } from 'vitest'
import { drawStories } from '../golden-year/drawn.ts'
import { HAND_WRITTEN } from '../golden-year/more-hand.ts'
import { billsOf, play, texts } from '../golden-year/play.ts'
import { Purse } from '../golden-year/purse.ts'
import { contractOf, YEAR } from '../golden-year/story.ts'
import { seededChance } from '../harness/chance.ts'
import { proof } from '../harness/proof.ts'
import { naiveBills } from '../naive-billing/bills.ts'

/** Kinds of lines that a year has to have, or it shows too little. */
const KINDS = [
  ...['advance', 'arrears', 'late', 'change', 'credit', 'setup_fee', 'carry', 'carried'],
].sort()
/** Among the tests it is always the same year; `pnpm proof` draws others. */
const SEED = 2028

proof(
  'golden-year asks customers for what an oracle and tables say, line by line',
  async (proof) => {
    await using database = await testDatabase()
    const clock = new VirtualClock(new Date(`${YEAR.from}T00:00:00Z`))
    await using platform = await createPlatform({ databaseUrl: database.appUrl, clock })
    const { services } = platform
    const drawn = proof.isFull
      ? drawStories(400, proof.chance)
      : drawStories(40, seededChance(SEED))
    const tables = new Map(HAND_WRITTEN.map(({ story, bills }) => [story, bills]))
    const chance = seededChance(proof.isFull ? proof.chance.whole(0, 2 ** 30) : SEED)
    const purses = new Map<TenantBilling, Purse>()
    const stories = [...tables.keys(), ...drawn]
    const played = await play({ services, clock }, stories, async (day, playing) => {
      for (const { billing } of playing) {
        if (!purses.has(billing)) purses.set(billing, new Purse(billing, chance))
      }
      const seldom = playing.filter((_, index) => day.endsWith('-17') && index % 9 === 0)
      for (const { billing, customerId } of seldom) await purses.get(billing)?.oneOff(customerId)
      const calm = playing.filter(({ story }) => (story.deeds ?? []).length === 0)
      const calmIds = new Set(calm.map(({ customerId }) => customerId))
      for (const purse of purses.values()) await purse.live(day, calmIds)
    })
    const kinds = new Set<string>()
    let invoices = 0
    for (const one of played) {
      const { story, billing, subscriptionId } = one
      const { parkedReason } = await billing.subscriptions.get(subscriptionId)
      expect(parkedReason, story.code).toBeNull()
      const bills = await billsOf(one)
      const wanted = naiveBills(contractOf(story), YEAR.until)
      const table = tables.get(story)
      if (table) expect(texts(bills), story.code).toEqual(table)
      expect(texts(bills), printed(story)).toEqual(texts(wanted))
      for (const { lines } of bills) for (const { kind } of lines) kinds.add(kind)
      invoices += bills.length
    }
    expect([...kinds].sort()).toEqual(KINDS)
    const fates = new Set<string>()
    for (const [billing, purse] of purses) {
      await billing.revenue.recognise()
      const books = await purse.books('2029-02-01')
      const balances = await billing.journal.balances()
      expect(new Set(books.keys())).toEqual(new Set(balances.map(({ currency }) => currency)))
      for (const { currency, ...accounts } of balances) {
        expect(accounts, currency).toEqual(books.get(currency))
        expect(Object.values(accounts).reduce((sum, each) => sum + each, 0n)).toBe(0n)
      }
      expect((await billing.revenue.verify()).differences).toEqual([])
      for (const fate of purse.counts.keys()) fates.add(fate)
    }
    expect(fates.size).toBe(10)
    proof.report({ customers: played.length, invoices })
  },
)

function printed(story: object): string {
  return JSON.stringify(story, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}
