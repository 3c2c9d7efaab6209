import { AppError } from '../../../kernel/index.ts'

/** The first guesses would find this password. */
export class PasswordWeak extends AppError {
  readonly code = 'password.weak'
  readonly kind = 'invalid'

  constructor(facts: { reason: 'length' | 'repetition' | 'address' }) {
    super(
      'A password has 8 to 128 characters, at least 5 different ones, and is not the address',
      facts,
    )
  }
}

/** No account has this address with this password; which of the two is wrong is not said. */
export class CredentialsWrong extends AppError {
  readonly code = 'password.credentials_wrong'
  readonly kind = 'unauthenticated'

  constructor() {
    super('Address or password is wrong: try again, or log in by a code')
  }
}

/** There is no address to log in with beside the password. */
export class PasswordNeedsEmail extends AppError {
  readonly code = 'password.needs_email'
  readonly kind = 'conflict'

  constructor() {
    super('A password goes with an e-mail address: add one first')
  }
}

/** More passwords are to be checked than this process can. */
export class PasswordsBusy extends AppError {
  readonly code = 'password.busy'
  readonly kind = 'unavailable'

  constructor() {
    super('Too many passwords are being checked: try again in a moment')
  }
}
