import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import type { EventBus, HandlerErrors } from '../../platform/bus/index.ts'
import { type DomainEvent, defineEvent } from '../../platform/outbox/index.ts'

/** A bus to be tested. */
export interface EventBusContractOptions {
  readonly name: string
  /** Opens a bus that nobody uses yet. */
  readonly open: (onError: HandlerErrors) => Promise<EventBus>
  /** Opens the bus a second time, as another process does. [the same bus] */
  readonly openAgain?: (onError: HandlerErrors) => Promise<EventBus>
}

const WAIT = { timeout: 10_000, interval: 20 }

/**
 * What every event bus keeps to.
 *
 * @example
 * eventBusContract({ name: 'in process', open: async (onError) => new InProcessBus({ onError }) })
 */
export function eventBusContract(options: EventBusContractOptions): void {
  describe(`events ${options.name}`, () => {
    // Kinds of their own for each test: what one of them published is nobody else's business.
    let happened: ReturnType<typeof kind>
    let failures: { readonly error: unknown; readonly name: string; readonly eventId?: string }[]
    let bus: EventBus
    let other: EventBus

    const kind = (version = 1) =>
      defineEvent(`test.happened_${newId().replaceAll('-', '')}`, {
        version,
        schema: z.object({ text: z.string() }),
      })
    const event = (text: string, definition = happened): DomainEvent<{ text: string }> =>
      definition.create({
        occurredAt: new Date(1_900_000_000_000),
        subjectId: text,
        payload: { text },
      })
    const listen = async (on: EventBus, name: string, definition = happened) => {
      const heard: DomainEvent<{ text: string }>[] = []
      const end = await on.subscribe(definition, (it) => heard.push(it), { name })
      return { heard, texts: () => heard.map(({ payload }) => payload.text), end }
    }

    beforeEach(async () => {
      happened = kind()
      failures = []
      const onError: HandlerErrors = (error, about) => failures.push({ error, ...about })
      bus = await options.open(onError)
      other = (await options.openAgain?.(onError)) ?? bus
    })
    afterEach(async () => {
      await Promise.all([bus.close(), other.close()])
    })

    test('bring each event to each name, as it was published', async () => {
      const [one, two] = [await listen(bus, 'one'), await listen(other, 'two')]
      const published = event('first')
      await bus.publish(published)
      await vi.waitFor(() => {
        expect(one.heard).toEqual([published])
        expect(two.heard).toEqual([published])
      }, WAIT)
      expect(one.heard[0]?.occurredAt).toBeInstanceOf(Date)
    })

    test('are shared by those of one name, each to one of them, and none is lost', async () => {
      const [one, two] = [await listen(bus, 'same'), await listen(other, 'same')]
      const texts = Array.from({ length: 40 }, (_, index) => `event-${index}`)
      for (const text of texts) await bus.publish(event(text))
      await vi.waitFor(
        () => expect([...one.texts(), ...two.texts()].sort()).toEqual([...texts].sort()),
        WAIT,
      )
    })

    test('reach others although a handler fails, and its failure is told', async () => {
      const failing = async () => {
        throw new Error('no mail')
      }
      await bus.subscribe(happened, failing, { name: 'failing' })
      await bus.subscribe(happened, () => JSON.parse('{'), { name: 'throwing' })
      const well = await listen(bus, 'well')
      const [first, second] = [event('first'), event('second')]
      await bus.publish(first)
      await bus.publish(second)
      await vi.waitFor(() => {
        expect(well.texts()).toEqual(['first', 'second'])
        expect(failures.filter(({ name }) => name === 'failing')).toMatchObject([
          { error: { message: 'no mail' }, eventId: first.id },
          { error: { message: 'no mail' }, eventId: second.id },
        ])
        expect(failures.filter(({ name }) => name === 'throwing')).toHaveLength(2)
      }, WAIT)
    })

    test('are handled by any function, also one that has no name of its own', async () => {
      class Counter {
        texts: string[] = []
        count(heard: DomainEvent<{ text: string }>): void {
          this.texts.push(heard.payload.text)
        }
      }
      const counter = new Counter()
      await bus.subscribe(happened, counter.count.bind(counter), { name: 'bound' })
      await bus.subscribe(happened, (heard) => counter.count(heard), { name: 'arrow' })
      await bus.publish(event('first'))
      await vi.waitFor(() => expect(counter.texts).toEqual(['first', 'first']), WAIT)
    })

    test('come to who asked for their name and version only', async () => {
      const second = defineEvent(happened.name, { version: 2, schema: happened.schema })
      const elsewhere = kind()
      const heard = await listen(bus, 'one', second)
      await bus.publish(event('other version'))
      await bus.publish(event('other name', elsewhere))
      await bus.publish(event('right', second))
      await vi.waitFor(() => expect(heard.texts()).toEqual(['right']), WAIT)
    })

    test('that break their schema are told as a failure and not handled', async () => {
      const well = await listen(bus, 'well')
      const broken = { ...event('broken'), payload: { text: 1 } }
      await bus.publish(broken)
      await bus.publish(event('right'))
      await vi.waitFor(() => {
        expect(well.texts()).toEqual(['right'])
        expect(failures).toMatchObject([{ name: 'well', eventId: broken.id }])
      }, WAIT)
    })

    test('come no more once their subscription has ended', async () => {
      const [ended, stays] = [await listen(bus, 'ended'), await listen(bus, 'stays')]
      await bus.publish(event('first'))
      await vi.waitFor(() => expect(ended.texts()).toEqual(['first']), WAIT)
      await ended.end()
      await bus.publish(event('second'))
      await vi.waitFor(() => expect(stays.texts()).toEqual(['first', 'second']), WAIT)
      expect(ended.texts()).toEqual(['first'])
    })
  })
}
