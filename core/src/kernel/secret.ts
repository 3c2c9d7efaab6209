import { createHash } from 'node:crypto'

/** Hashes a random secret for storage; such a secret needs no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
