import { AppError } from '@gramkit/core/kernel'

/** Only who was invited gets an account: wait on the waitlist, or redeem a code. */
export class InvitationRequired extends AppError {
  readonly code = 'launchpad.invitation_required'
  readonly kind = 'forbidden'

  constructor() {
    super('An account needs an invitation: join the waitlist, or redeem a code')
  }
}
