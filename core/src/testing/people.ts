import { newId } from '../kernel/index.ts'
import type { CoreServices } from '../services.ts'

let next = 1_000_000n

/** A registered person whom nobody else in the process has. */
export async function aPerson(services: CoreServices): Promise<{
  readonly id: string
  readonly telegramId: bigint
}> {
  next += 1n
  const user = await services.users.getOrCreateFromTelegram({
    id: next,
    username: null,
    firstName: 'Ada',
    lastName: null,
    languageCode: 'en',
  })
  return { id: user.id, telegramId: next }
}

/** A registered person who has some credits. */
export async function aPersonWithCredits(
  services: CoreServices,
  amount: bigint,
): Promise<{ readonly id: string; readonly telegramId: bigint }> {
  const person = await aPerson(services)
  await services.balance.credit({
    id: newId(),
    userId: person.id,
    unit: 'credits',
    amount,
    reason: 'test.given',
    reference: person.id,
  })
  return person
}

/** Whom a part of a person is tested with: a user, the guest who is merged into them, and another. */
export async function peopleOfAMerge(services: CoreServices): Promise<{
  readonly userId: string
  readonly guestId: string
  readonly otherId: string
}> {
  const { user: guest } = await services.users.loginAsGuest(newId())
  return {
    userId: (await aPerson(services)).id,
    guestId: guest.id,
    otherId: (await aPerson(services)).id,
  }
}
