import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import type { Bot } from './bots.ts'
import type { Customer } from './users.ts'

/** Makes what Telegram hands to a Mini App when a person opens it. */
export class InitData {
  readonly #context: SandboxContext
  readonly #key: KeyObject

  constructor(context: SandboxContext) {
    this.#context = context
    const { store } = context
    const stored = store.read('init-data.key')
    this.#key = stored ? createPrivateKey(stored) : generateKeyPairSync('ed25519').privateKey
    if (!stored) {
      store.write('init-data.key', String(this.#key.export({ type: 'pkcs8', format: 'pem' })))
    }
  }

  /** The key that verifies signatures, as hex like Telegram publishes its own. */
  publicKey(): string {
    const { x } = this.#key.export({ format: 'jwk' })
    return Buffer.from(x ?? '', 'base64url').toString('hex')
  }

  /** Init data of a customer, signed as Telegram does, at the sandbox's time. */
  make(bot: Bot, customer: Customer, startParam?: string): string {
    const { id, first_name, last_name = '', username, language_code } = customer
    const user = {
      id,
      first_name,
      last_name,
      ...(username ? { username } : {}),
      language_code,
      allows_write_to_pm: true,
    }
    const fields: Record<string, string> = {
      query_id: `AA${randomBytes(15).toString('base64url')}`,
      user: JSON.stringify(user),
      auth_date: String(this.#context.clock.seconds()),
      ...(startParam ? { start_param: startParam } : {}),
    }
    const signed = Buffer.from(`${bot.id}:WebAppData\n${lines(fields)}`)
    fields['signature'] = sign(null, signed, this.#key).toString('base64url')
    // The hash covers the signature: only `hash` itself is left out.
    const secret = createHmac('sha256', 'WebAppData').update(bot.token).digest()
    fields['hash'] = createHmac('sha256', secret).update(lines(fields)).digest('hex')
    return Object.entries(fields)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')
  }
}

function lines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
}
