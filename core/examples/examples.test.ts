import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MemoryInvitations, openInvites } from '@gramkit/core/invites'
import { invitationStorageContract } from '@gramkit/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { buildApp } from './http.ts'
import { createReferralCode, getReferralStats } from './referral.ts'
import { SqliteInvitations } from './sqlite-invitations.ts'

async function run(example: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-C', 'gramkit-source', fileURLToPath(new URL(example, import.meta.url))],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  )
  return stdout
}

test('the basic example tells what it does', async () => {
  expect(await run('basic.ts')).toBe(
    `Created invitation: WELCOME2024
Invitation is valid! 5 uses remaining
Invitation used! 4 uses remaining
A drawn code has 16 characters
5 invitations, 5 of them active, 1 use
`,
  )
}, 60_000)

test('the event-driven example hears of everything, although one handler fails', async () => {
  expect(await run('event-driven.ts')).toBe(
    `Campaign spring has SPRING
Invitation SPRING used by ada
mail failed: Error: the mail server is away
Invitation SPRING used by bob
mail failed: Error: the mail server is away
bob had the last of 2
`,
  )
}, 60_000)

describe('the HTTP example', () => {
  const app = buildApp(openInvites({ storage: new MemoryInvitations() }))
  afterAll(() => app.close())
  const post = async (url: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url, payload })
    return { status: answer.statusCode, body: answer.json() }
  }
  const get = async (url: string) => (await app.inject({ url })).json()

  test('makes, finds, validates, uses, lists and revokes', async () => {
    const made = await post('/invitations', { code: 'HTTP-1', createdBy: 'ada', usageLimit: 2 })
    expect(made).toMatchObject({ status: 201, body: { code: 'HTTP-1', status: 'active' } })
    expect(await get(`/invitations/${made.body.id}`)).toEqual(made.body)
    expect(await get('/invitations/code/http-1')).toEqual(made.body)
    expect(await post('/invitations/validate', { code: 'HTTP-1' })).toMatchObject({
      status: 200,
      body: { isValid: true, remainingUses: 2 },
    })
    expect(await post('/invitations/use', { code: 'HTTP-1', usedBy: 'bob' })).toMatchObject({
      body: { remainingUses: 1 },
    })
    expect(await get('/invitations/creator/ada')).toMatchObject({ items: [{ useCount: 1 }] })
    expect(await get('/invitations/stats')).toMatchObject({ active: 1, uses: 1 })
    expect(await post(`/invitations/${made.body.id}/revoke`, {})).toMatchObject({
      body: { status: 'revoked' },
    })
  })

  test('answers refusals with their code, and a malformed code without failing', async () => {
    expect(await post('/invitations/use', { code: '______', usedBy: 'bob' })).toMatchObject({
      status: 404,
      body: { code: 'invites.not_found' },
    })
    expect(await post('/invitations/validate', { code: 'x' })).toMatchObject({
      status: 200,
      body: { isValid: false, reason: 'malformed' },
    })
  })
})

test('the referral example counts whom somebody brought', async () => {
  const invites = openInvites({ storage: new MemoryInvitations() })
  const code = await createReferralCode(invites, 'ada', new Date())
  for (const usedBy of ['bob', 'eve']) await invites.use({ code, usedBy })
  expect(await getReferralStats(invites, 'ada')).toMatchObject({
    totalReferrals: 2,
    activeCodes: 1,
    invitations: [{ code, usageLimit: null, metadata: { type: 'referral', referrerId: 'ada' } }],
  })
})

describe('the SQLite example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gramkit-sqlite-'))
  const open: SqliteInvitations[] = []
  const make = (name: string): SqliteInvitations => {
    const storage = new SqliteInvitations(join(folder, name))
    open.push(storage)
    return storage
  }
  let files = 0
  afterAll(() => {
    for (const storage of open) storage.close()
    rmSync(folder, { recursive: true })
  })

  invitationStorageContract({
    name: 'SQLite',
    make: async () => make(`contract-${(files += 1)}.db`),
  })

  test('keeps two that have the same file open from using a code twice', async () => {
    const [one, two] = [make('shared.db'), make('shared.db')].map((storage) =>
      openInvites({ storage }),
    )
    const made = await one?.create({ createdBy: 'ada', usageLimit: 3 })
    const uses = Array.from({ length: 8 }, (_, index) =>
      (index % 2 ? one : two)?.use({ code: made?.code ?? '', usedBy: `user-${index}` }),
    )
    const results = await Promise.allSettled(uses)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await two?.stats()).toMatchObject({ used: 1, uses: 3 })
  })
})
