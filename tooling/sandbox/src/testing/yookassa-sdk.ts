import {
  Configuration,
  PaymentMethodsApi,
  PaymentsApi,
  ReceiptsApi,
  RefundsApi,
} from '@yookassa/sdk'
import axios from 'axios'
import type { Sandbox } from '../index.ts'

/** The shop at YooKassa in tests. */
export const YOOKASSA_SHOP = { shopId: '100500', secretKey: 'test_secret_key_0123456789' }

/** YooKassa's own SDK, as that shop has it. */
export interface YookassaSdk {
  readonly payments: PaymentsApi
  readonly refunds: RefundsApi
  readonly receipts: ReceiptsApi
  readonly methods: PaymentMethodsApi
}

/** Makes the SDK talk to a sandbox. */
export function yookassaSdk(sandbox: Pick<Sandbox, 'url'>): YookassaSdk {
  const configuration = new Configuration({
    basePath: `${sandbox.url}/sandbox/yookassa/v3`,
    username: YOOKASSA_SHOP.shopId,
    password: YOOKASSA_SHOP.secretKey,
  })
  const client = axios.create({ timeout: 5_000 })
  return {
    payments: new PaymentsApi(configuration, undefined, client),
    refunds: new RefundsApi(configuration, undefined, client),
    receipts: new ReceiptsApi(configuration, undefined, client),
    methods: new PaymentMethodsApi(configuration, undefined, client),
  }
}

/** Roubles as YooKassa writes them. */
export function rub(value: string): { readonly value: string; readonly currency: 'RUB' } {
  return { value, currency: 'RUB' }
}
