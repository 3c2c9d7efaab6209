import { expect, test } from 'vitest'
import { z } from 'zod'
import { anyTemplate, createTemplateCatalog, defineTemplate } from './template.ts'

const reminders = { id: 'reminders', title: { en: 'Reminders', ru: 'Напоминания' } }
const timeZone = 'UTC'
const greeting = anyTemplate(
  defineTemplate({
    id: 'greeting.hello',
    topic: 'reminders',
    schema: z.object({ name: z.string() }),
    texts: {
      en: ({ name }) => ({ title: 'Hello', text: `Hello, ${name}` }),
      ru: ({ name }) => ({ title: 'Привет', text: `Привет, ${name}` }),
    },
  }),
)

test('a catalog writes a message in the language asked for', () => {
  const catalog = createTemplateCatalog({ templates: [greeting], topics: [reminders] })
  const { write } = catalog.get('greeting.hello')
  expect(write({ language: 'ru', timeZone }, { name: 'Ада' })).toEqual({
    title: 'Привет',
    text: 'Привет, Ада',
  })
  expect(write({ language: 'en', timeZone }, { name: 'Ada' }).text).toBe('Hello, Ada')
  expect(() => write({ language: 'en', timeZone }, { name: 1 })).toThrow()
})

test('every app has news to turn off', () => {
  expect(createTemplateCatalog({}).topics.map(({ id }) => id)).toEqual(['news'])
})

test('a catalog refuses a template of a topic that nobody declared, and one id for two', () => {
  expect(() => createTemplateCatalog({ templates: [greeting] })).toThrow('is not declared')
  const twice = { templates: [greeting, greeting], topics: [reminders] }
  expect(() => createTemplateCatalog(twice)).toThrow('one id twice')
  expect(() => createTemplateCatalog({ topics: [reminders, reminders] })).toThrow('one id twice')
})

test('a catalog refuses to mail what people may turn off', () => {
  const mailed = { ...greeting, channels: ['telegram', 'email'] as const }
  const catalogOf = (topic: string | null) =>
    createTemplateCatalog({ templates: [{ ...mailed, topic }], topics: [reminders] })
  expect(() => catalogOf('reminders')).toThrow('names email')
  expect(catalogOf(null).get('greeting.hello').channels).toEqual(['telegram', 'email'])
})

test('a template that is not declared is not found', () => {
  expect(() => createTemplateCatalog({}).get('greeting.hello')).toThrow(
    expect.objectContaining({ code: 'notifications.template_unknown' }),
  )
})
