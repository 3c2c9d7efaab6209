import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../kernel/index.ts'
import { InProcessBus } from '../../platform/bus/index.ts'
import { invitationUsed } from './invites.events.ts'
import { MemoryInvitations } from './memory-invitations.ts'
import type { BatchTerms, NewInvitation } from './new-invitation.ts'
import { openInvites } from './open-invites.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00.000Z'))
const open = () => openInvites({ storage: new MemoryInvitations(), clock })

describe('invites without an event bus', () => {
  test('are made, validated, used, revoked and swept', async () => {
    const invites = open()
    const { code } = await invites.create({ createdBy: 'ada@example.com', usageLimit: 2 })
    expect(await invites.validate({ code })).toMatchObject({ isValid: true, remainingUses: 2 })
    expect(await invites.use({ code, usedBy: 'bob@example.com' })).toMatchObject({
      usedBy: 'bob@example.com',
      remainingUses: 1,
      isExhausted: false,
    })
    expect(await invites.revoke({ code, by: 'ada@example.com' })).toMatchObject({
      status: 'revoked',
    })
    expect(await invites.expireDue()).toBe(0)
  })
})

describe('create', () => {
  test('makes a single-use invitation that never expires unless it is told otherwise', async () => {
    expect(await open().create({ createdBy: 'ada' })).toMatchObject({
      usageLimit: 1,
      expiresAt: null,
      recipient: null,
      batchId: null,
      metadata: {},
    })
  })

  test.each<[string, Partial<NewInvitation>]>([
    ['createdBy', { createdBy: '' }],
    ['createdBy', { createdBy: 'x'.repeat(256) }],
    ['usageLimit', { usageLimit: 0 }],
    ['usageLimit', { usageLimit: -1 }],
    ['usageLimit', { usageLimit: 1.5 }],
    ['usageLimit', { usageLimit: Number.NaN }],
    ['usageLimit', { usageLimit: 1e10 }],
    ['expiresAt', { expiresAt: clock.now() }],
    ['expiresAt', { expiresAt: new Date('2030-01-01T02:59:59+03:00') }],
    ['expiresAt', { expiresAt: new Date('never') }],
    ['metadata', { metadata: { long: 'ы'.repeat(2_048) } }],
    ['metadata', { metadata: { nothing: Number.NaN } }],
    ['metadata', { metadata: { 'zero\u0000': true } }],
    ['metadata', { metadata: { half: '\ud800' } }],
    ['recipient', { recipient: '' }],
    ['recipient', { recipient: 'bob\u0000' }],
  ])('refuses a %s that is none: %o', async (field, more) => {
    await expect(open().create({ createdBy: 'ada', ...more })).rejects.toMatchObject({
      code: 'kernel.invalid_value',
      details: { field },
    })
  })

  test('takes an end in any zone that is still to come', async () => {
    const expiresAt = new Date('2030-01-01T03:00:00.001+03:00')
    expect(await open().create({ createdBy: 'ada', expiresAt })).toMatchObject({ expiresAt })
  })

  test('refuses a code that is none', async () => {
    await expect(open().create({ createdBy: 'ada', code: 'ABCDEF\n' })).rejects.toMatchObject({
      code: 'invites.code_invalid',
    })
  })
})

describe('createBatch', () => {
  test.each<[string, Partial<BatchTerms> & ({ count?: number } | { recipients: string[] })]>([
    ['count', { count: 0 }],
    ['count', { count: 10_001 }],
    ['count', { count: 2.5 }],
    ['recipients', { recipients: [] }],
    ['recipients', { recipients: ['bob', ''] }],
    ['prefix', { prefix: 'x'.repeat(20) }],
    ['usageLimit', { usageLimit: 0 }],
  ])('refuses a %s that is none: %o', async (field, more) => {
    const batch = 'recipients' in more ? more : { count: 1, ...more }
    await expect(open().createBatch({ createdBy: 'ada', ...batch })).rejects.toMatchObject({
      details: { field },
    })
  })
})

describe('use', () => {
  test.each([
    ['invites.code_invalid', { code: 'short', usedBy: 'bob' }],
    ['invites.not_found', { code: 'NOTHING-HERE', usedBy: 'bob' }],
    ['kernel.invalid_value', { code: 'NOTHING-HERE', usedBy: '' }],
  ])('answers %s to %o', async (code, request) => {
    await expect(open().use(request)).rejects.toMatchObject({ code })
  })

  test('stands although a handler of its event fails', async () => {
    const failures: unknown[] = []
    const events = new InProcessBus({ onError: (error) => failures.push(error) })
    await events.subscribe(invitationUsed, () => Promise.reject(new Error('no mail')), {
      name: 'welcome',
    })
    const invites = openInvites({ storage: new MemoryInvitations(), clock, events })
    const { code } = await invites.create({ createdBy: 'ada' })
    expect(await invites.use({ code, usedBy: 'bob' })).toMatchObject({ isExhausted: true })
    expect(failures).toMatchObject([{ message: 'no mail' }])
  })
})
