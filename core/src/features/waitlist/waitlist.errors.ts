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

/** A batch of this name was made with another size. */
export class BatchDiffers extends AppError {
  readonly code = 'waitlist.batch_differs'
  readonly kind = 'conflict'

  constructor(facts: { size: number }) {
    super(`A batch of this name was made with the size ${facts.size}: choose another name`, facts)
  }
}

/** No such code lets whoever asks in: it is none, bound to somebody else, or made by nobody who may. */
export class CodeNotFound extends AppError {
  readonly code = 'waitlist.code_not_found'
  readonly kind = 'not_found'

  constructor() {
    super('There is no such code for you')
  }
}

/** Whoever redeems a code is in already. */
export class AlreadyAdmitted extends AppError {
  readonly code = 'waitlist.already_admitted'
  readonly kind = 'conflict'

  constructor() {
    super('You are in already: give the code to somebody else')
  }
}

/** Nobody lets themselves in by a code that they have earned. */
export class OwnCode extends AppError {
  readonly code = 'waitlist.own_code'
  readonly kind = 'conflict'

  constructor() {
    super('This code is yours: give it to somebody else')
  }
}

/** An experiment is running: one at a time. */
export class ExperimentRunning extends AppError {
  readonly code = 'waitlist.experiment_running'
  readonly kind = 'conflict'

  constructor() {
    super('An experiment is running: stop it first')
  }
}

/** No experiment is running. */
export class ExperimentNotRunning extends AppError {
  readonly code = 'waitlist.experiment_not_running'
  readonly kind = 'conflict'

  constructor() {
    super('No experiment is running')
  }
}

/** The code was used, expired or was taken back: there is nothing to send. */
export class InviteEnded extends AppError {
  readonly code = 'waitlist.invite_ended'
  readonly kind = 'conflict'

  constructor() {
    super('Nobody can use this code any more, so it is not sent again')
  }
}
