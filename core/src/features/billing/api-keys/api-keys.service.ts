import {
  InvalidValue,
  localDay,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import {
  API_KEYS_MAX,
  type ApiGrant,
  type ApiKey,
  type ApiKeyInput,
  apiKeyFields,
  hashApiKey,
  isUsable,
  newApiKey,
  requireScope,
} from './api-key.ts'
import { ApiKeyInvalid, TooManyApiKeys } from './api-keys.errors.ts'
import type { ApiKeysScope } from './api-keys.scope.ts'

/** By which programs may act for a tenant, and how far. */
export class ApiKeysService {
  readonly #scope: ApiKeysScope

  constructor(scope: ApiKeysScope) {
    this.#scope = scope
  }

  /**
   * Makes a key and gives its text, which is never shown again. Whoever acts by a key gives no right
   * that their own key lacks, and none for longer than they have it.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ScopeMissing}
   * @throws {@link TooManyApiKeys} after 100
   * @example
   * const { key } = await billing.apiKeys.create({ name: 'Shop', scopes: ['customers:read'] })
   */
  async create(input: ApiKeyInput): Promise<ApiKey & { readonly key: string }> {
    const fields = readFields(apiKeyFields, input)
    const { grant } = this.#scope.caller
    if (grant) requireWithin(grant, fields)
    return this.#scope.transaction(async (tx) => {
      // One after the other, so that the last one allowed is made once.
      await tx.repos.tenant.getByIdWithLock(tx.tenantId, { mode: 'no key update' })
      if ((await tx.repos.apiKeys.countLive()) >= API_KEYS_MAX) {
        throw new TooManyApiKeys({ limit: API_KEYS_MAX })
      }
      const key = newApiKey()
      const made = await tx.repos.apiKeys.insert({
        ...{ ...fields, id: newId(), hash: hashApiKey(key), ending: key.slice(-4) },
        ...{ revokedAt: null, lastUsedOn: null, createdAt: tx.clock.now() },
      })
      const after = shown(made)
      await tx.record({ action: 'api_key.created', subject: `api_key:${made.id}`, after })
      return { ...after, key }
    })
  }

  /** One page of keys, oldest first; without their texts, which are not kept. */
  list(request: PageRequest = {}): Promise<Page<ApiKey>> {
    return this.#scope.transaction(async (tx) => {
      const page = await tx.repos.apiKeys.list(request)
      return { ...page, items: page.items.map(shown) }
    })
  }

  /**
   * Takes a key back at once; again is no failure.
   *
   * @throws {@link NotFound}
   */
  revoke(id: string): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.apiKeys.getById(id)
      const revokedAt = tx.clock.now()
      if (!(await tx.repos.apiKeys.revoke(id, revokedAt))) return
      const after = { revokedAt }
      await tx.record({ action: 'api_key.revoked', subject: `api_key:${id}`, after })
    })
  }

  /**
   * Says what a key of this tenant may do, and writes down the day. `BillingService.authenticate` finds
   * the tenant.
   *
   * @throws {@link ApiKeyInvalid}
   */
  use(key: string): Promise<ApiGrant> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.apiKeys.findByHash(hashApiKey(key))
      const now = tx.clock.now()
      if (!found || !isUsable(found, now)) throw new ApiKeyInvalid()
      const { timeZone } = await tx.repos.tenant.get()
      const day = localDay(now, timeZone)
      if (found.lastUsedOn !== day) await tx.repos.apiKeys.touch(found.id, day)
      return {
        tenantId: tx.tenantId,
        keyId: found.id,
        scopes: found.scopes,
        expiresAt: found.expiresAt,
      }
    })
  }
}

/** Refuses a key that could do more than the one by which it is made, or could do it for longer. */
function requireWithin(
  grant: ApiGrant,
  { scopes, expiresAt }: Pick<ApiKey, 'scopes' | 'expiresAt'>,
): void {
  for (const scope of scopes) requireScope(grant, scope)
  if (grant.expiresAt && !(expiresAt && expiresAt <= grant.expiresAt)) {
    const problem = `is later than ${grant.expiresAt.toISOString()}, the end of the key that makes it`
    throw new InvalidValue({ field: 'expiresAt', problem })
  }
}

function shown({ hash: _, ...key }: ApiKey & { readonly hash: string }): ApiKey {
  return key
}
