import { AppError } from '../../kernel/index.ts'

/** The address or the user is on the waitlist, or was admitted. */
export class AlreadyJoined extends AppError {
  readonly code = 'waitlist.already_joined'
  readonly kind = 'conflict'

  constructor() {
    super('This address or account has joined the waitlist before')
  }
}

/** Nobody on the waitlist is meant. */
export class EntryNotFound extends AppError {
  readonly code = 'waitlist.entry_not_found'
  readonly kind = 'not_found'

  constructor() {
    super('Nobody on the waitlist is meant by that')
  }
}

/** The link of a confirmation mail opens nothing any more. */
export class ConfirmationGone extends AppError {
  readonly code = 'waitlist.confirmation_gone'
  readonly kind = 'gone'

  constructor() {
    super('This link confirms nothing any more: join again')
  }
}

/** Guests of a device may not join: whoever can be a guest can be a thousand. */
export class GuestsNotListed extends AppError {
  readonly code = 'waitlist.guests_not_listed'
  readonly kind = 'forbidden'

  constructor() {
    super('A guest of a device cannot join the waitlist: send an address, or log in by Telegram')
  }
}

/** The platform lacks what the waitlist needs. */
export class WaitlistUnavailable extends AppError {
  readonly code = 'waitlist.unavailable'
  readonly kind = 'unavailable'

  constructor() {
    super('The waitlist needs codeSecret: give it to createPlatform')
  }
}
