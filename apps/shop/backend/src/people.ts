import type { PersonPart } from '@gramkit/core/people'
import { ordersPart } from './orders/person-part.ts'
import type { ShopServices } from './services.ts'

/** What the shop's own tables know of people. */
export const SHOP_PEOPLE: readonly PersonPart<ShopServices>[] = [ordersPart]
