import { afterAll, expect, test } from 'vitest'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { type Asker, type LoggedIn, testApi } from '../../testing/api.ts'
import { aPerson } from '../../testing/people.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00.000Z'))
const { admin, ask, close, logged, services, ...api } = await testApi({ clock })

afterAll(close)

let networks = 0

function aNetwork(): Required<Pick<Asker, 'network'>> {
  networks += 1
  return { network: `10.0.${networks}.1` }
}

async function someone(): Promise<LoggedIn> {
  const { id } = await aPerson(services)
  const user = await services.users.getById(id)
  const { token } = await services.sessions.open(user, { surface: 'telegram', label: null })
  return { id, token, ...aNetwork() }
}

const aGuest = async (): Promise<LoggedIn> => ({ ...(await api.aGuest()), ...aNetwork() })

test('makes an invitation, asks about it, uses it and shows who did', async () => {
  const [ada, bob] = [await someone(), await someone()]
  const made = await ask(ada, 'POST', '/invitations', {
    usageLimit: 2,
    expiresAt: '2030-01-02T00:00:00.000Z',
    metadata: { campaign: 'winter' },
  })
  expect(made).toMatchObject({
    status: 201,
    body: { status: 'active', createdBy: ada.id, useCount: 0, usageLimit: 2 },
  })
  const { id, code } = made.body
  expect(await ask(bob, 'POST', '/invitations/validate', { code })).toMatchObject({
    status: 200,
    body: { isValid: true, reason: null, remainingUses: 2 },
  })
  expect(await ask(bob, 'POST', '/invitations/use', { code })).toMatchObject({
    status: 200,
    body: { invitationId: id, remainingUses: 1, metadata: { campaign: 'winter' } },
  })
  expect(await ask(ada, 'GET', `/invitations/${id}/uses`)).toMatchObject({
    body: { items: [{ usedBy: bob.id, usedAt: clock.now().toISOString() }] },
  })
  expect(await ask(ada, 'GET', '/invitations/stats')).toEqual({
    status: 200,
    body: { active: 1, used: 0, expired: 0, revoked: 0, total: 1, uses: 1 },
  })
  expect(await ask(ada, 'GET', '/invitations?status=active')).toMatchObject({
    body: { items: [{ id, code, useCount: 1 }] },
  })
})

test('gives each refusal its code', async () => {
  const [ada, bob, eve] = [await someone(), await someone(), await someone()]
  const { invites } = services
  const make = async (more: object = {}) =>
    (await invites.create({ createdBy: ada.id, ...more })).code
  const spent = await make()
  const expiring = await make({ expiresAt: addMs(clock.now(), DAY_MS) })
  const revoked = await make()
  await invites.revoke({ code: revoked, by: ada.id })
  const ownCode = await make({ usageLimit: 5 })
  await invites.use({ code: spent, usedBy: bob.id })
  clock.advance(DAY_MS)
  for (const [who, code, status, expected] of [
    [eve, 'x', 400, 'invites.code_invalid'],
    [eve, '______', 404, 'invites.not_found'],
    [eve, spent, 409, 'invites.not_active'],
    [bob, spent, 409, 'invites.already_used'],
    [eve, revoked, 409, 'invites.not_active'],
    [eve, expiring, 410, 'invites.expired'],
    [ada, ownCode, 409, 'invites.own_code'],
    [eve, await make({ recipient: bob.id }), 404, 'invites.not_found'],
  ] as const) {
    expect(await ask(who, 'POST', '/invitations/use', { code })).toMatchObject({
      status,
      body: { code: expected },
    })
  }
})

test('keeps one’s invitations to oneself, also from those who know the id', async () => {
  const [ada, bob] = [await someone(), await someone()]
  const { body } = await ask(ada, 'POST', '/invitations', {})
  for (const [method, url] of [
    ['GET', `/invitations/${body.id}`],
    ['GET', `/invitations/${body.id}/uses`],
    ['POST', `/invitations/${body.id}/revoke`],
  ] as const) {
    expect(await ask(bob, method, url, method === 'POST' ? {} : undefined)).toMatchObject({
      status: 404,
      body: { code: 'invites.not_found' },
    })
  }
  expect(await ask(bob, 'GET', '/invitations')).toMatchObject({ body: { items: [] } })
  expect(
    await ask(ada, 'POST', `/invitations/${body.id}/revoke`, { reason: 'lost' }),
  ).toMatchObject({
    status: 200,
    body: { status: 'revoked', revokedBy: ada.id, revocationReason: 'lost' },
  })
})

test('changes no row by any GET', async () => {
  const ada = await someone()
  const { code, id } = await services.invites.create({
    createdBy: ada.id,
    expiresAt: addMs(clock.now(), DAY_MS),
  })
  clock.advance(DAY_MS)
  for (const url of ['', '/stats', `/${id}`, `/${id}/uses`]) {
    expect(await ask(ada, 'GET', `/invitations${url}`)).toMatchObject({ status: 200 })
  }
  expect(await ask(ada, 'POST', '/invitations/validate', { code })).toMatchObject({
    body: { isValid: false, reason: 'expired', status: 'active' },
  })
  expect(await services.invites.getById(id)).toMatchObject({ status: 'active' })
})

test('lets no guest use a code, as anybody can be many guests', async () => {
  const [ada, guest] = [await someone(), await aGuest()]
  const { code } = await services.invites.create({ createdBy: ada.id })
  expect(await ask(guest, 'POST', '/invitations/use', { code })).toMatchObject({
    status: 403,
    body: { code: 'invites.guests_not_invited' },
  })
  expect(await ask(guest, 'POST', '/invitations', {})).toMatchObject({ status: 201 })
})

test('lets a person make 20 a day', async () => {
  const ada = await someone()
  const made = await Promise.all(
    Array.from({ length: 22 }, () => ask(ada, 'POST', '/invitations', {})),
  )
  expect(made.filter(({ status }) => status === 201)).toHaveLength(20)
  expect(made.filter(({ status }) => status === 429)).toHaveLength(2)
})

test('lets a person try five wrong codes at once, so that nobody guesses one', async () => {
  const ada = await someone()
  const { code } = await services.invites.create({ createdBy: newId(), code: 'GUESS1' })
  const guesses = Array.from({ length: 40 }, (_, index) => `GUESS${index + 10}`)
  const answers = await Promise.all(
    guesses.map((guess, index) =>
      ask(ada, 'POST', `/invitations/${index % 2 ? 'use' : 'validate'}`, { code: guess }),
    ),
  )
  expect(answers.filter(({ status }) => status !== 429)).toHaveLength(5)
  expect(await ask(ada, 'POST', '/invitations/use', { code })).toMatchObject({
    status: 429,
    body: { code: 'limits.too_many_tries' },
  })
})

test('makes a network wait for wrong codes, whoever tries them, and not for right ones', async () => {
  const { code } = await services.invites.create({ createdBy: newId(), usageLimit: null })
  const [home, elsewhere] = ['10.2.0.7', '10.3.0.7']
  const before = logged.length
  const there = async (network: string) => ({ ...(await someone()), network })
  for (let person = 0; person < 12; person++) {
    expect(await ask(await there(home), 'POST', '/invitations/use', { code })).toMatchObject({
      status: 200,
    })
  }
  const wrong = []
  for (let person = 0; person < 14; person++) {
    wrong.push(await ask(await there(home), 'POST', '/invitations/use', { code: 'WRONG-1' }))
  }
  expect(wrong.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => 404),
    ...Array.from({ length: 9 }, () => 429),
  ])
  expect(await ask(await there(home), 'POST', '/invitations/use', { code })).toMatchObject({
    status: 429,
  })
  expect(await ask(await there(elsewhere), 'POST', '/invitations/use', { code })).toMatchObject({
    status: 200,
  })
  const told = 'A network may try no more invitation codes: too many were wrong'
  expect(logged.slice(before).filter((line) => line.includes(told))).toHaveLength(1)
  expect(logged.join()).not.toMatch(/10\.2\.0|WRONG-1/)
})

test('counts no try for a code into a group whose maker may not invite any more', async () => {
  const [ada, bob, eve] = [await someone(), await someone(), await someone()]
  const { id: groupId } = await services.groups.create(ada.id, { title: 'Ada’s' })
  await services.members.join(groupId, bob.id)
  await services.members.changeRole(ada.id, groupId, { userId: bob.id, role: 'admin' })
  const { code } = await services.invites.create({ createdBy: bob.id, groupId, usageLimit: null })
  await services.members.changeRole(ada.id, groupId, { userId: bob.id, role: 'member' })
  for (let times = 0; times < 7; times += 1) {
    expect(await ask(eve, 'POST', '/invitations/use', { code })).toMatchObject({
      status: 404,
      body: { code: 'invites.not_found' },
    })
    expect(await ask(eve, 'POST', '/invitations/validate', { code })).toMatchObject({
      status: 200,
      body: { isValid: false, reason: 'not_found' },
    })
  }
})

test('answers to a code of somebody else as to one that nobody has', async () => {
  const others = await services.invites.create({ createdBy: newId(), recipient: newId() })
  const answered = async (code: string) => {
    const eve = await someone()
    const used = await ask(eve, 'POST', '/invitations/use', { code })
    const validated = await ask(eve, 'POST', '/invitations/validate', { code })
    const { requestId: _, ...problem } = used.body
    return { status: used.status, problem, validated }
  }
  expect(await answered(others.code)).toEqual(await answered('NOBODY-HAS-THIS'))
})

test('makes a batch once for each key, and lets administrators see and revoke all', async () => {
  const once = { ...admin, key: newId() }
  const batch = { count: 3, prefix: 'WINTER', usageLimit: 5 }
  const made = await ask(once, 'POST', '/admin/invitations/batches', batch)
  expect(made).toMatchObject({ status: 201, replayed: 'false' })
  const again = await ask(once, 'POST', '/admin/invitations/batches', batch)
  expect(again).toEqual({ ...made, replayed: 'true' })
  const { batchId, codes } = made.body
  const listed = await ask(admin, 'GET', `/admin/invitations?batchId=${batchId}`)
  expect(listed.body.items.map(({ code }: { code: string }) => code)).toEqual(codes.toReversed())
  const { id } = listed.body.items[0]
  expect(await ask(admin, 'POST', `/admin/invitations/${id}/revoke`, {})).toMatchObject({
    body: { status: 'revoked', revokedBy: 'admin' },
  })
  expect(await ask(admin, 'GET', '/admin/invitations/stats')).toMatchObject({ status: 200 })
  const ada = await someone()
  for (const url of ['/admin/invitations', '/admin/invitations/stats']) {
    expect(await ask(ada, 'GET', url)).toMatchObject({ status: 403 })
  }
})

test.each([
  [{ usageLimit: 0 }],
  [{ expiresAt: 'tomorrow' }],
  [{ metadata: { deep: { er: 1 } } }],
  [{ createdBy: 'admin' }],
  [{ groupId: 'none' }],
  [{ status: 'used' }],
])('refuses the terms %j', async (body) => {
  expect(await ask(await someone(), 'POST', '/invitations', body)).toMatchObject({ status: 422 })
})

test.each([
  [{ metadata: { half: '\ud800' } }, 'kernel.invalid_value'],
  [{ metadata: { zero: '\u0000' } }, 'kernel.invalid_value'],
  [{ code: 'АБВГДЕ' }, 'invites.code_invalid'],
  [{ expiresAt: '2029-01-01T00:00:00.000Z' }, 'kernel.invalid_value'],
])('refuses the terms %j with a code', async (body, code) => {
  expect(await ask(await someone(), 'POST', '/invitations', body)).toMatchObject({
    status: 400,
    body: { code },
  })
})
