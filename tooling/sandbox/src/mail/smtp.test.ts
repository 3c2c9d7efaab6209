import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const send = (to: string, subject = 'Hello') =>
  createTransport(sandbox.smtpUrl).sendMail({
    from: 'shop@example.org',
    to,
    subject,
    text: 'Grüße\nund mehr\n',
  })

test('puts a mail into the mailbox of everybody it is for, whatever the case', async () => {
  await send('Ada@example.org, bob@example.org')
  for (const address of ['ada@example.org', 'BOB@example.org']) {
    const mails = await sandbox.control.mailbox(address)
    expect(mails).toMatchObject([{ subject: 'Hello', text: 'Grüße\nund mehr' }])
  }
  expect(await sandbox.control.mailbox('eve@example.org')).toEqual([])
})

test('keeps mails in the order in which they came', async () => {
  for (const subject of ['first', 'second', 'third']) await send('order@example.org', subject)
  const mails = await sandbox.control.mailbox('order@example.org')
  expect(mails.map(({ subject }) => subject)).toEqual(['first', 'second', 'third'])
})

test('asks to try later, with the mail taken or not', async () => {
  await sandbox.control.faults.add({ target: 'mail', kind: 'error' })
  await expect(send('later@example.org')).rejects.toMatchObject({ responseCode: 451 })
  expect(await sandbox.control.mailbox('later@example.org')).toEqual([])
  await sandbox.control.faults.add({ target: 'mail', kind: 'error', effect: 'done' })
  await expect(send('later@example.org')).rejects.toMatchObject({ responseCode: 451 })
  expect(await sandbox.control.mailbox('later@example.org')).toHaveLength(1)
})

test('knows no such mailbox when told so, and logs what came', async () => {
  await sandbox.control.faults.add({ target: 'mail', kind: 'refused' })
  await expect(send('gone@example.org', 'Lost')).rejects.toMatchObject({ responseCode: 550 })
  const entry = (await sandbox.control.log()).find(({ name }) => name === 'Lost')
  expect(entry).toMatchObject({ provider: 'mail', status: 550 })
})
