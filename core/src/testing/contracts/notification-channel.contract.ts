import { expect, test } from 'vitest'
import type { NotificationChannel, OutgoingMessage } from '../../features/notifications/index.ts'
import { newId } from '../../kernel/index.ts'
import { markTransaction } from '../../platform/database/executor.ts'

type Person = OutgoingMessage['user']

/** A channel under test, and what is known of where it leads. */
export interface ChannelUnderTest {
  readonly channel: NotificationChannel
  /** Somebody to whom it leads. */
  readonly somebody: Person
  /** Somebody to whom it does not lead; a channel without people has none. */
  readonly nobody?: Person
  /** Texts that arrived at somebody, oldest first. */
  arrived(): Promise<readonly string[]>
  /** Has whoever carries the next message put it off. */
  putOff(): Promise<void>
  /** Has whoever carries the next message refuse it for good. */
  refuse(): Promise<void>
}

/**
 * What every notification channel does: it carries a message, answers with what became of it, and
 * calls nobody while a transaction is open.
 *
 * @example
 * notificationChannelContract(async () => ({ channel: smsChannel(options), … }))
 */
export function notificationChannelContract(make: () => Promise<ChannelUnderTest>): void {
  const message = (user: Person, text = newId()): OutgoingMessage => ({
    id: newId(),
    template: 'test.told',
    user,
    title: 'A test',
    text,
    buttons: [{ text: 'Open', url: 'https://example.org/' }],
  })

  test('carries a message', async () => {
    const { channel, somebody, arrived } = await make()
    const told = message(somebody)
    expect(await channel.send(told)).toEqual({ kind: 'sent' })
    expect((await arrived()).at(-1)).toContain(told.text)
  })

  test('says that it does not lead to somebody', async () => {
    const { channel, nobody } = await make()
    if (!nobody) return
    expect(await channel.send(message(nobody))).toMatchObject({ kind: 'unreachable' })
  })

  test('says that a message may be tried again, and carries it then', async () => {
    const { channel, somebody, arrived, putOff } = await make()
    const told = message(somebody)
    await putOff()
    expect(await channel.send(told)).toMatchObject({ kind: 'later' })
    expect((await arrived()).filter((text) => text.includes(told.text))).toEqual([])
    expect(await channel.send(told)).toEqual({ kind: 'sent' })
    expect((await arrived()).filter((text) => text.includes(told.text))).toHaveLength(1)
  })

  test('says that nobody will take a message, or that it does not lead there any more', async () => {
    const { channel, somebody, refuse } = await make()
    await refuse()
    const { kind } = await channel.send(message(somebody))
    expect(['refused', 'unreachable']).toContain(kind)
  })

  test('calls nobody while a transaction is open', async () => {
    const { channel, somebody, arrived } = await make()
    const before = await arrived()
    const inside = markTransaction(() => channel.send(message(somebody)))
    await expect(inside).rejects.toThrow('inside a database transaction')
    expect(await arrived()).toEqual(before)
  })
}
