import { once } from 'node:events'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Mailboxes } from './mailbox.ts'

const MAX_MAIL_BYTES = 10 * 1_024 * 1_024
const CLOSE_TIMEOUT_MS = 1_000

/** A mail server that listens. */
export interface Smtp {
  readonly port: number
  close(): Promise<void>
}

/** The answer to a mail that is not taken, with the code that says whether to try again. */
class MailRefused extends Error {
  readonly responseCode: number

  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

/** Starts the mail server: it takes every mail, for whoever it is, without a password. */
export async function startSmtp(
  context: Pick<SandboxContext, 'faults' | 'activity'>,
  mailboxes: Mailboxes,
  host: string,
): Promise<Smtp> {
  const { faults, activity } = context
  const server = new SMTPServer({
    size: MAX_MAIL_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    logger: false,
    // It listens on this machine only: there is nobody to hide from.
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      take(stream, session).then(
        () => done(null),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  // A client that goes away in the middle is no trouble of ours.
  server.on('error', () => {})

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const startedAt = performance.now()
    const raw = Buffer.concat(await stream.toArray())
    const to = session.envelope.rcptTo.map(({ address }) => address)
    const call = { method: 'DATA' }
    const latency = faults.take('mail', 'latency', call)
    if (latency) await new Promise((resolve) => setTimeout(resolve, latency.delay_ms))
    const refused = faults.take('mail', 'refused', call)
    const failure = refused ? undefined : faults.take('mail', 'error', call)
    const mail = await parse(raw)
    if (!refused && failure?.effect !== 'not_done') mailboxes.deliver(to, mail)
    const refusal = refused
      ? new MailRefused(550, 'No such mailbox')
      : failure && new MailRefused(451, 'Try again later')
    activity.log({
      kind: 'call',
      provider: 'mail',
      name: mail.subject,
      status: refusal?.responseCode ?? 250,
      ms: Math.round(performance.now() - startedAt),
      request: { ...mail, to },
    })
    if (refusal) throw refusal
  }

  const listener = server.listen(0, host)
  await once(listener, 'listening')
  const { port } = z.object({ port: z.int() }).parse(listener.address())
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function parse(raw: Buffer): Promise<Parameters<Mailboxes['deliver']>[1]> {
  const { from, subject = '', text = '', headers } = await PostalMime.parse(raw)
  return {
    from: from?.address ?? '',
    subject,
    text: text.trimEnd(),
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
  }
}
