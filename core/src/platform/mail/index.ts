/**
 * E-mails: the port through which features send them, and its adapter for SMTP.
 *
 * @module
 */
export { MailRefused, MailUnavailable, MailUnclear } from './mail.errors.ts'
export type { Mail, Mailer } from './mailer.ts'
export { openSmtpMailer, type SmtpOptions } from './smtp-mailer.ts'
