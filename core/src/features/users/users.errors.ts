import { AppError } from '../../kernel/index.ts'

/** Why init data is not proof of an identity. */
export type InitDataFault =
  | 'too_long'
  | 'malformed'
  | 'repeated_key'
  | 'control_character'
  | 'hash_missing'
  | 'hash_mismatch'
  | 'signature_missing'
  | 'signature_mismatch'
  | 'auth_date_invalid'
  | 'auth_date_in_future'
  | 'stale'
  | 'replayed'
  | 'user_missing'
  | 'user_invalid'

/** Why the fields of a login widget are not proof of an identity. */
export type LoginWidgetFault =
  | 'malformed'
  | 'hash_missing'
  | 'hash_mismatch'
  | 'auth_date_invalid'
  | 'auth_date_in_future'
  | 'stale'
  | 'replayed'
  | 'user_invalid'

/** The init data of a Mini App does not prove who sent it. */
export class InitDataInvalid extends AppError {
  readonly code = 'users.init_data_invalid'
  readonly kind = 'unauthenticated'

  constructor(facts: { reason: InitDataFault }) {
    super(
      `The init data is refused (${facts.reason}): open the Mini App from Telegram again`,
      facts,
    )
  }
}

/** No bot token is configured, so nobody can be recognised by Telegram. */
export class TelegramLoginUnavailable extends AppError {
  readonly code = 'users.telegram_login_unavailable'
  readonly kind = 'unavailable'

  constructor() {
    super('Login by Telegram is not configured here: a bot token is needed')
  }
}

/** A guest's device key could be guessed, or is too long. */
export class DeviceKeyInvalid extends AppError {
  readonly code = 'users.device_key_invalid'
  readonly kind = 'invalid'

  constructor() {
    super(
      'A device key is 16 to 128 random characters: make it with crypto.randomUUID() and keep it',
    )
  }
}

/** No login belongs to the session token. */
export class SessionUnknown extends AppError {
  readonly code = 'users.session_unknown'
  readonly kind = 'unauthenticated'

  constructor() {
    super('The session token is not known or was logged out: log in again')
  }
}

/** The login was not used for too long. */
export class SessionExpired extends AppError {
  readonly code = 'users.session_expired'
  readonly kind = 'unauthenticated'

  constructor(facts: { expiredAt: string }) {
    super('The session has expired: log in again', facts)
  }
}

/** The link to log in by the bot is unknown, was answered, or has expired. */
export class LoginLinkGone extends AppError {
  readonly code = 'users.login_link_gone'
  readonly kind = 'gone'

  constructor() {
    super('This login link does not work any more: start a new one')
  }
}

/** The Telegram identity has an account already, or the account has another identity. */
export class TelegramTaken extends AppError {
  readonly code = 'users.telegram_taken'
  readonly kind = 'conflict'

  constructor() {
    super('This Telegram identity belongs to another account: log in with it instead')
  }
}

/** The fields of a login widget do not prove who pressed it. */
export class LoginWidgetInvalid extends AppError {
  readonly code = 'users.login_widget_invalid'
  readonly kind = 'unauthenticated'

  constructor(facts: { reason: LoginWidgetFault }) {
    super(`The login is refused (${facts.reason}): press the login button again`, facts)
  }
}

/** The person has no such login, or it has ended. */
export class SessionNotFound extends AppError {
  readonly code = 'users.session_not_found'
  readonly kind = 'not_found'

  constructor(facts: { sessionId: string }) {
    super('There is no such login of yours: list them again', facts)
  }
}

/** Somebody who is known only by a device cannot act for the app. */
export class RoleNeedsRegistration extends AppError {
  readonly code = 'users.role_needs_registration'
  readonly kind = 'conflict'

  constructor(facts: { userId: string }) {
    super('A guest cannot have a role: let them register first', facts)
  }
}

/** Who owns the app is decided by its configuration. */
export class OwnerIsConfigured extends AppError {
  readonly code = 'users.owner_is_configured'
  readonly kind = 'conflict'

  constructor(facts: { userId: string }) {
    super('Owners come and go by the configuration: change GRAMKIT_OWNER_TELEGRAM_IDS', facts)
  }
}

/** Telegram says what this person is called; a change here would be lost with the next login. */
export class ProfileKeptByTelegram extends AppError {
  readonly code = 'users.profile_kept_by_telegram'
  readonly kind = 'conflict'

  constructor(facts: { field: string }) {
    super(`${facts.field} is taken from Telegram: change it there`, facts)
  }
}

/** The fields of a link do not fit into what Telegram carries. */
export class StartParameterTooLong extends AppError {
  readonly code = 'users.start_parameter_too_long'
  readonly kind = 'invalid'

  constructor(facts: { target: 'start' | 'startapp'; length: number; max: number }) {
    super(`The link is too long for ${facts.target}: shorten its source, page or mode`, facts)
  }
}
