/**
 * Tells whether a text may be the secret of Telegram's webhook: what Telegram takes (1 to 256
 * letters, digits, `_` and `-`), and too long to be guessed.
 */
export function isWebhookSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{16,256}$/.test(text)
}
