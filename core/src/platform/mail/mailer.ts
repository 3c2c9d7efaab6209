/** One e-mail to one person. */
export interface Mail {
  /** The same for each try, so that a mailbox can tell a repetition. */
  readonly id: string
  readonly to: string
  readonly subject: string
  /** Plain text. */
  readonly text: string
}

/**
 * Sends e-mails.
 *
 * `send` resolves once a mail server has taken the mail. A try whose answer was lost may have been
 * taken, so a repetition carries the same `id`; it never runs inside a transaction.
 */
export interface Mailer {
  /**
   * Hands one mail to the mail server.
   *
   * @throws {@link MailRefused} when it will never be taken
   * @throws {@link MailUnavailable} when it was not taken and a later try may be
   * @throws {@link MailUnclear} when it may have been taken
   */
  send(mail: Mail): Promise<void>
}
