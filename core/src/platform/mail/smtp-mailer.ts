import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { assertNoTransaction } from '../database/index.ts'
import { MailRefused, MailUnavailable, MailUnclear } from './mail.errors.ts'
import type { Mail, Mailer } from './mailer.ts'

/** How mails leave this process. */
export interface SmtpOptions {
  /** Such as `smtp://user:password@host:587`; `smtps:` encrypts from the first byte. */
  readonly smtpUrl: string
  /** Whom mails are from: an address, or `Name <address>`. */
  readonly from: string
}

/** Together below the 30 s that a job may take. */
const TIMEOUTS = {
  dnsTimeout: 5_000,
  connectionTimeout: 5_000,
  greetingTimeout: 5_000,
  socketTimeout: 10_000,
}

/**
 * Makes the mailer that speaks SMTP; connects for each mail and holds nothing open.
 *
 * Mails carry codes that log in, so they leave this machine encrypted or not at all.
 *
 * @example
 * const mailer = openSmtpMailer({ smtpUrl: 'smtps://user:password@host', from: 'shop@example.org' })
 * await mailer.send({ id, to: 'ada@example.org', subject: 'Hello', text: 'Hello, Ada.' })
 */
export function openSmtpMailer({ smtpUrl, from }: SmtpOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl)
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    secure: protocol === 'smtps:',
    requireTLS: protocol === 'smtp:' && !isThisMachine(hostname),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    ...TIMEOUTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^>]+)>?$/.exec(from)?.[1] ?? hostname
  return {
    async send({ id, to, subject, text }: Mail): Promise<void> {
      assertNoTransaction('Mailer.send')
      try {
        await transport.sendMail({
          messageId: `<${id}@${domain}>`,
          from,
          // As an object, so that a comma in it does not make two recipients.
          to: { name: '', address: to },
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw readError(error)
      }
    },
  }
}

const smtpError = z.object({
  code: z.string(),
  responseCode: z.number().optional(),
  /** Of the system, where the code is nodemailer's. */
  originalCode: z.string().optional(),
  timeoutType: z.string().optional(),
})

/** What the server said may repeat the address, so it is left out. */
function readError(error: unknown): Error {
  const failure = smtpError.catch({ code: 'unknown' }).parse(error)
  const { code, responseCode } = failure
  const isOfThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  if (isOfThisMail && responseCode && responseCode >= 500) {
    return new MailRefused({ status: responseCode })
  }
  if (isAnswerLost(failure)) return new MailUnclear({ reason: code })
  return new MailUnavailable({ reason: responseCode ? `${code} ${responseCode}` : code })
}

/** The connection stood, and then broke off or fell silent, so the mail may have been taken. */
function isAnswerLost(failure: z.output<typeof smtpError>): boolean {
  const { code, responseCode, originalCode = '', timeoutType } = failure
  if (responseCode !== undefined) return false
  return (
    code === 'ECONNECTION' ||
    timeoutType === 'SOCKET_TIMEOUT' ||
    (code === 'ESOCKET' && ['ECONNRESET', 'EPIPE'].includes(originalCode))
  )
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
