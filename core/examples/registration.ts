/** Sign-up by invitation: the code is used in the transaction that makes the account. */
import type { CoreServices } from '@gramkit/core'
import { deriveId } from '@gramkit/core/kernel'
import type { TelegramUser, User } from '@gramkit/core/users'

/**
 * Registers somebody who has a code; when any part of it fails, the code is as good as before.
 *
 * The refusals of `invites.use` reach the caller as they are, each with its code.
 */
export function registerUser(
  services: CoreServices,
  telegramUser: TelegramUser,
  code: string,
): Promise<User> {
  return services.transaction(async (tx) => {
    const user = await tx.users.getOrCreateFromTelegram(telegramUser)
    const { invitationId, metadata } = await tx.invites.use({ code, usedBy: user.id })
    if (metadata['premium'] === true) {
      await tx.balance.credit({
        id: deriveId(invitationId, user.id),
        userId: user.id,
        unit: 'credits',
        amount: 100n,
        reason: 'invitation.premium',
        reference: invitationId,
      })
    }
    return user
  })
}
