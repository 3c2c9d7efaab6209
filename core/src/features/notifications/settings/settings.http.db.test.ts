import { afterAll, describe, expect, test } from 'vitest'
import { testApi } from '../../../testing/api.ts'

const { ask, close, services, ...api } = await testApi({
  notifications: {
    topics: [{ id: 'reminders', title: { en: 'Reminders', ru: 'Напоминания' } }],
  },
})

afterAll(close)

/** Somebody new who asks for their preferences, or changes them. */
async function aGuest() {
  const guest = await api.aGuest()
  return {
    id: guest.id,
    preferences: (change?: object) =>
      ask(guest, change ? 'PATCH' : 'GET', '/notifications/preferences', change),
  }
}

describe('notification preferences', () => {
  test('begin with everything on and no quiet hours', async () => {
    const guest = await aGuest()
    expect(await guest.preferences()).toEqual({
      status: 200,
      body: {
        topics: [
          { id: 'news', title: 'News', isEnabled: true },
          { id: 'reminders', title: 'Reminders', isEnabled: true },
        ],
        quietHours: null,
      },
    })
  })

  test('are changed one by one, and are kept', async () => {
    const guest = await aGuest()
    await guest.preferences({ topics: { reminders: false } })
    const changed = await guest.preferences({ quietHours: { from: '22:30', until: '07:00' } })
    expect(changed.body.quietHours).toEqual({ from: '22:30', until: '07:00' })
    expect(changed.body.topics[1].isEnabled).toBe(false)
    expect(await guest.preferences()).toEqual(changed)

    const back = await guest.preferences({ topics: { reminders: true }, quietHours: null })
    expect(back.body.quietHours).toBeNull()
    expect(back.body.topics[1].isEnabled).toBe(true)
  })

  test('are named in the person’s own language', async () => {
    const guest = await aGuest()
    await services.users.updateProfile(guest.id, { languageCode: 'ru' })
    const { body } = await guest.preferences()
    expect(body.topics.map(({ title }: { title: string }) => title)).toEqual([
      'Новости',
      'Напоминания',
    ])
  })

  test('are somebody’s own', async () => {
    const [one, other] = [await aGuest(), await aGuest()]
    await one.preferences({ topics: { news: false } })
    expect((await other.preferences()).body.topics[0].isEnabled).toBe(true)
  })

  test.each([
    [{ topics: { nobody: false } }, 400, 'notifications.topic_unknown'],
    [{ quietHours: { from: '9', until: '10:00' } }, 400, 'notifications.quiet_hours_invalid'],
    [{ quietHours: { from: '09:00', until: '09:00' } }, 400, 'notifications.quiet_hours_invalid'],
    [{ quietHours: { from: '09:00' } }, 422, 'http.request_invalid'],
    [{ volume: 11 }, 422, 'http.request_invalid'],
  ])('refuse %j', async (change, status, code) => {
    const guest = await aGuest()
    expect(await guest.preferences({ topics: { news: false }, ...change })).toMatchObject({
      status,
      body: { code },
    })
    expect((await guest.preferences()).body.topics[0].isEnabled).toBe(true)
  })
})
