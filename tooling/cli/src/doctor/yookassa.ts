import type { Config } from '@gramkit/core/config'
import { z } from 'zod'
import { type Finding, ok, problem, warning } from '../findings.ts'

const TIMEOUT_MS = 10_000

const shopSchema = z.object({
  account_id: z.string(),
  status: z.string().optional(),
  test: z.boolean().optional(),
  fiscalization_enabled: z.boolean().optional(),
})

/** Asks YooKassa about the shop with its own credentials. */
export async function checkYookassa({ yookassa }: Config): Promise<Finding[]> {
  if (!yookassa) return [ok('Payments by YooKassa are off')]
  const { shopId, secretKey, apiRoot } = yookassa
  const response = await fetch(`${apiRoot}/me`, {
    headers: { authorization: `Basic ${btoa(`${shopId}:${secretKey}`)}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status === 401 || response.status === 403) {
    return [
      problem(
        `YooKassa refuses shop ${shopId} with this key (${response.status})`,
        'copy number and secret key anew from the settings of the shop',
      ),
    ]
  }
  const shop = shopSchema.safeParse(await response.json().catch(() => undefined))
  if (!response.ok || !shop.success) {
    return [problem(`YooKassa answered ${response.status}`, 'try again, then ask YooKassa')]
  }
  const { status, test, fiscalization_enabled: hasRegister } = shop.data
  return [
    status === undefined || status === 'enabled'
      ? ok(`YooKassa knows shop ${shopId}${test ? ', a test shop' : ''}`)
      : problem(`Shop ${shopId} is ${status}`, 'ask YooKassa'),
    ...(hasRegister && !yookassa.receipts
      ? [
          warning(
            'The shop sends receipts (54-FZ), and the app gives none: YooKassa may refuse payments',
            'set GRAMKIT_YOOKASSA_RECEIPTS',
          ),
        ]
      : []),
  ]
}
