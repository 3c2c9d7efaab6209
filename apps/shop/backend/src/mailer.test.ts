import { openSmtpMailer } from '@gramkit/core/mail'
import { type Sandbox, startSandbox } from '@gramkit/sandbox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const FROM = 'Shop <shop@example.org>'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
beforeEach(() => sandbox.control.faults.clear())
afterAll(() => sandbox.close())

const mailTo = (to: string) => ({ id: 'mail-1', to, subject: 'Привет', text: 'Hello,\nAda.' })
const mailer = () => openSmtpMailer({ smtpUrl: sandbox.smtpUrl, from: FROM })

describe('openSmtpMailer', () => {
  test('hands a mail to the mail server, under the same name at each try', async () => {
    await mailer().send(mailTo('ada@example.org'))
    const [mail] = await sandbox.control.mailbox('ada@example.org')
    expect(mail).toMatchObject({
      from: 'shop@example.org',
      to: 'ada@example.org',
      subject: 'Привет',
      text: 'Hello,\nAda.',
      headers: {
        'message-id': '<mail-1@example.org>',
        'auto-submitted': 'auto-generated',
      },
    })
  })

  test('tells what will never be taken from what may be taken later', async () => {
    await sandbox.control.faults.add({ target: 'mail', kind: 'refused' })
    const refused = mailer().send(mailTo('nobody@example.org'))
    await expect(refused).rejects.toMatchObject({ code: 'mail.refused', details: { status: 550 } })
    await sandbox.control.faults.add({ target: 'mail', kind: 'error' })
    const later = mailer().send(mailTo('nobody@example.org'))
    await expect(later).rejects.toMatchObject({ code: 'mail.unavailable' })
    const away = openSmtpMailer({ smtpUrl: 'smtp://127.0.0.1:1', from: FROM })
    await expect(away.send(mailTo('nobody@example.org'))).rejects.toMatchObject({
      code: 'mail.unavailable',
      details: { reason: 'ESOCKET' },
    })
    expect(await sandbox.control.mailbox('nobody@example.org')).toEqual([])
  })

  test('never repeats an address in an error', async () => {
    await sandbox.control.faults.add({ target: 'mail', kind: 'refused' })
    const error: unknown = await mailer()
      .send(mailTo('secret@example.org'))
      .catch((thrown: unknown) => thrown)
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('secret')
  })

  test('sends to one person, whatever the address says', async () => {
    const two = 'ada@example.org, eve@example.org'
    await mailer()
      .send(mailTo(two))
      .catch(() => {})
    expect(await sandbox.control.mailbox('eve@example.org')).toEqual([])
  })

  test('lets no mail leave this machine unencrypted', async () => {
    // The sandbox offers no encryption; by this name it counts as another machine.
    const { port } = new URL(sandbox.smtpUrl)
    const elsewhere = openSmtpMailer({ smtpUrl: `smtp://0.0.0.0:${port}`, from: FROM })
    await expect(elsewhere.send(mailTo('clear@example.org'))).rejects.toMatchObject({
      code: 'mail.unavailable',
      details: { reason: expect.stringContaining('ETLS') },
    })
    expect(await sandbox.control.mailbox('clear@example.org')).toEqual([])
  })
})
