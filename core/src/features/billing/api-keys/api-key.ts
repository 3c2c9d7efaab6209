import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { line } from '../fields.ts'
import { ScopeMissing } from './api-keys.errors.ts'

/** What an API key may be for; each is read or written. */
const RESOURCES = [
  'api-keys',
  'audit',
  'coupons',
  'credit-notes',
  'customers',
  'exchange-rates',
  'invoices',
  'payments',
  'plans',
  'revenue',
  'runs',
  'subscriptions',
  'taxes',
  'tenant',
  'usage',
  'webhooks',
] as const

/** A right that an API key gives. */
export type ApiScope = `${(typeof RESOURCES)[number]}:${'read' | 'write'}`

/** Every right there is. */
export const API_SCOPES: readonly ApiScope[] = RESOURCES.flatMap((resource): ApiScope[] => [
  `${resource}:read`,
  `${resource}:write`,
])

/** Keys that a tenant has at once. */
export const API_KEYS_MAX = 100

/** What an API key is made from. */
export const apiKeyFields = z.strictObject({
  /** What people call it. */
  name: line(100),
  scopes: z
    .array(z.enum(API_SCOPES, 'is no scope'))
    .min(1, 'are none')
    .transform((scopes) => [...new Set(scopes)].sort()),
  /** When it stops working; null for never. */
  expiresAt: z.date().nullable().default(null),
})

/** What an API key is made from. */
export type ApiKeyInput = z.input<typeof apiKeyFields>

/** How a program shows that it may act for a tenant; the key itself is not kept. */
export interface ApiKey extends Readonly<z.output<typeof apiKeyFields>> {
  readonly tenantId: string
  readonly id: string
  /** The last four letters of the key, to tell keys apart. */
  readonly ending: string
  readonly revokedAt: Date | null
  /** The last day on which it was used, in the tenant's time zone. */
  readonly lastUsedOn: string | null
  readonly createdAt: Date
}

/** Who a valid key speaks for, and what it may do. */
export interface ApiGrant {
  readonly tenantId: string
  readonly keyId: string
  readonly scopes: readonly ApiScope[]
  /** When the key stops working; null for never. */
  readonly expiresAt: Date | null
}

/** Makes the text of a key: 256 random bits, behind what tells secret scanners whose it is. */
export function newApiKey(): string {
  return `gramkit_${randomBytes(32).toString('base64url')}`
}

/** Hashes a key for storage and search. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(`billing api key:${key}`).digest('hex')
}

/** Tells whether a key works at a moment. */
export function isUsable(
  { revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  now: Date,
): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now)
}

/**
 * Refuses a key that lacks a right. Writing does not include reading.
 *
 * @throws {@link ScopeMissing}
 * @example
 * requireScope(await services.billing.authenticate(key), 'customers:read')
 */
export function requireScope({ scopes }: Pick<ApiGrant, 'scopes'>, scope: ApiScope): void {
  if (!scopes.includes(scope)) throw new ScopeMissing({ scope })
}
