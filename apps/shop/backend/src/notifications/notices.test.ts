import { anyTemplate } from '@gramkit/core/notifications'
import { expect, test } from 'vitest'
import { NOTICES } from './notices.ts'

test.each([
  ['UTC', 'January 31, 2030'],
  ['Europe/Moscow', 'February 1, 2030'],
  ['America/New_York', 'January 31, 2030'],
])('the day of a charge is that of the calendar in %s', (timeZone, day) => {
  const facts = { title: 'Pro', at: '2030-01-31T22:30:00.000Z', amount: '29900', currency: 'RUB' }
  const { text } = anyTemplate(NOTICES.renewing).write({ language: 'en', timeZone }, facts)
  expect(text).toMatch(`Pro renews on ${day}: 299\u00a0₽ will be charged.`)
})

test('a plan that follows is paid by its link', () => {
  const facts = { title: 'Плюс', link: 'https://t.me/$invoice' }
  const { buttons } = anyTemplate(NOTICES.followed).write(
    { language: 'ru', timeZone: 'UTC' },
    facts,
  )
  expect(buttons).toEqual([{ text: 'Оплатить', url: facts.link }])
})
