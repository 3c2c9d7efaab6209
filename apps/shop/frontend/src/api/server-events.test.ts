import { expect, test } from 'vitest'
import { ServerEventParser } from './server-events.ts'

test('An event is told once its empty line has come, however the text is cut', () => {
  const text = 'retry: 2000\n\n: still here\n\nevent: changed\ndata: {}\n\ndata: a\ndata: b\n\n'
  for (let size = 1; size <= text.length; size++) {
    const parser = new ServerEventParser()
    const events = []
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)))
    }
    expect(events).toEqual([
      { name: 'changed', data: '{}' },
      { name: 'message', data: 'a\nb' },
    ])
  }
})

test('Lines may end with CR, LF or both, also across a cut', () => {
  const parser = new ServerEventParser()
  expect(parser.push('event: changed\r')).toEqual([])
  expect(parser.push('\ndata:1\r\n')).toEqual([])
  expect(parser.push('\r\n')).toEqual([{ name: 'changed', data: '1' }])
  expect(parser.push('data: 2\r\rdata')).toEqual([{ name: 'message', data: '2' }])
})

test('An event that is not complete yet is kept back', () => {
  const parser = new ServerEventParser()
  expect(parser.push('event: changed\ndata: {}\n')).toEqual([])
  expect(parser.push('\n')).toHaveLength(1)
})
