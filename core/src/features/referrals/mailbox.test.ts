import { expect, test } from 'vitest'
import { hasPlusTag, isDisposable, mailboxOf, maskEmail } from './mailbox.ts'

test.each([
  ['ada@example.org', 'ada@example.org'],
  ['Ada+shop@Example.org', 'ada@example.org'],
  ['ada+one+two@example.org', 'ada@example.org'],
  // Elsewhere a dot is a letter like any other.
  ['a.da@example.org', 'a.da@example.org'],
  ['a.d.a+x@gmail.com', 'ada@gmail.com'],
  ['ada@googlemail.com', 'ada@gmail.com'],
  ['+tag@example.org', '@example.org'],
])('%s reaches the mailbox %s', (email, mailbox) => {
  expect(mailboxOf(email)).toBe(mailbox)
})

test.each([
  ['ada@example.org', false],
  ['ada+1@example.org', true],
  ['ada+@example.org', true],
  ['a.d.a@gmail.com', false],
])('%s with a tag: %s', (email, isTagged) => {
  expect(hasPlusTag(email)).toBe(isTagged)
})

test.each([
  ['ada@mailinator.com', true],
  ['ada@MAILINATOR.com', true],
  ['ada@yopmail.com', true],
  ['ada@gmail.com', false],
  // Seen as disposable by a pattern of one of the originals.
  ['ada@contemporarymail.com', false],
])('%s disposable: %s', (email, isThrownAway) => {
  expect(isDisposable(email)).toBe(isThrownAway)
})

test.each([
  ['ada@example.org', 'a•••@e•••'],
  ['ёж@пример.рф', 'ё•••@п•••'],
])('%s is shown as %s', (email, masked) => {
  expect(maskEmail(email)).toBe(masked)
})
