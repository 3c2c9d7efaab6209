import { hash, verify } from '@node-rs/argon2'
import { ARGON2, type PasswordHasher } from './password.ts'
import { PasswordsBusy } from './passwords.errors.ts'

const RUNNING_MAX = 4
const WAITING_MAX = 32

/**
 * Makes the hasher with argon2id. It runs on the thread pool; four at once, 32 more wait, others are
 * refused, so that a flood of logins takes 256 MiB and not the process.
 *
 * @throws {@link PasswordsBusy} from both calls
 */
export function argon2Hasher(): PasswordHasher {
  const waiting: (() => void)[] = []
  let running = 0

  async function run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= RUNNING_MAX) {
      if (waiting.length >= WAITING_MAX) throw new PasswordsBusy()
      // Whoever ends hands their place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) => run(() => hash(password, ARGON2)),
    verify: (hashed, password) => run(() => verify(hashed, password)),
  }
}
