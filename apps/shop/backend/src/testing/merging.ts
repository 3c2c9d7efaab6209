import { newId } from '@gramkit/core/kernel'
import { type ApiClient, aCustomer, aGuest, eventually, type RunningShop } from './running-shop.ts'

const credits = { unit: 'credits', reason: 'test', reference: 'test' }

/** The id of whoever asks. */
export async function idOf(asker: ApiClient): Promise<string> {
  return (await asker.get('/api/v1/me')).body.id
}

/** The pairs of guest and user in a shop, what they get and buy, and how they become one. */
export function mergingIn(shop: RunningShop) {
  const core = () => shop.served().app.platform.core
  const buys = async (asker: ApiClient, productId: string) => {
    const purchase = { productId, gateway: 'yookassa', currency: 'RUB' }
    const { body } = await asker.post('/api/v1/payments', purchase)
    return core().payments.getById(body.payment.id)
  }
  return {
    core,
    buys,
    merge: (guestId: string, userId: string) => core().accounts.merge(guestId, userId),
    balanceOf: (userId: string) => core().balance.get(userId, 'credits'),
    give: (userId: string, amount: bigint) =>
      core().balance.credit({ ...credits, id: newId(), userId, amount }),
    spend: (userId: string, amount: bigint) =>
      core().balance.debit({ ...credits, id: newId(), userId, amount }),
    hold: (userId: string, amount: bigint) =>
      core().holds.place({ ...credits, id: newId(), userId, amount }),
    /** A guest and the user whom they turn out to be. */
    async aPair() {
      const [guest, user] = [await aGuest(shop), await aCustomer(shop)]
      return { guest, user, guestId: await idOf(guest), userId: user.userId }
    },
    async hasBought(asker: ApiClient, productId: string) {
      const { id, providerPaymentId } = await buys(asker, productId)
      await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
      return eventually(
        () => core().payments.getById(id),
        ({ status }) => status === 'succeeded',
      )
    },
  }
}
