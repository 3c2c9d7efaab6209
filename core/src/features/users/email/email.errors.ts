import { AppError } from '../../../kernel/index.ts'

/** A text is no e-mail address that mail can be sent to. */
export class EmailInvalid extends AppError {
  readonly code = 'email.address_invalid'
  readonly kind = 'invalid'

  constructor() {
    super('This is no e-mail address: write it like ada@example.org')
  }
}

/** The typed digits are not those of the mail; it does not say whether anybody has the address. */
export class EmailCodeWrong extends AppError {
  readonly code = 'email.code_wrong'
  readonly kind = 'invalid'

  constructor() {
    super('The code is wrong: type the six digits of the newest mail')
  }
}

/** The code was used, is too old, was tried too often, or never was. */
export class EmailCodeGone extends AppError {
  readonly code = 'email.code_gone'
  readonly kind = 'gone'

  constructor() {
    super('The code can no longer be used: ask for a new one')
  }
}

/** Somebody else has proved the address to be theirs; only who proved it too is told. */
export class EmailTaken extends AppError {
  readonly code = 'email.taken'
  readonly kind = 'conflict'

  constructor() {
    super('The address belongs to another account: log in with it instead')
  }
}

/** Without the address nobody could log in to the account any more. */
export class EmailIsOnlyLogin extends AppError {
  readonly code = 'email.only_login'
  readonly kind = 'conflict'

  constructor() {
    super('The address is the only way to log in: connect Telegram first')
  }
}

/** No mail server or no secret for codes is configured, so nobody logs in by e-mail. */
export class EmailLoginUnavailable extends AppError {
  readonly code = 'email.login_unavailable'
  readonly kind = 'unavailable'

  constructor() {
    super('Login by e-mail is not configured here: a mail server and a secret for codes are needed')
  }
}
