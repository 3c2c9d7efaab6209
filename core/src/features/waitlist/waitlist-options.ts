/** What an app says about its waitlist. */
export interface WaitlistOptions {
  /** Where its pages are, with a slash at the end: mails and messages lead there. */
  readonly pageUrl: string
  /** What codes begin with. */
  readonly codePrefix: string
}
