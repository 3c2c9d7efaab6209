import { httpAddress, variables } from '@gramkit/core/config'
import { z } from 'zod'

/** The services of the launchpad; a process serves all of them or some. */
export const SERVICES = ['waitlist', 'invites', 'referrals', 'quality'] as const

/** A service of the launchpad: its routes below `/api/<name>`. */
export type Service = (typeof SERVICES)[number]

/** What the launchpad reads beside the variables of the kit. */
export const launchpadVariables = z.object({
  GRAMKIT_LAUNCHPAD_SERVICES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(SERVICES)))
    .default([...SERVICES])
    .describe(`a comma-separated list out of ${SERVICES.join(', ')}`),
})

const { shape } = variables
const address = 'the http(s) address of the service'

/** What the gateway reads: where the services are, and how it listens itself. */
export const gatewayVariables = z.object({
  PORT: shape.PORT,
  GRAMKIT_HOST: shape.GRAMKIT_HOST,
  GRAMKIT_TRUSTED_PROXIES: shape.GRAMKIT_TRUSTED_PROXIES,
  GRAMKIT_CORS_ORIGINS: shape.GRAMKIT_CORS_ORIGINS,
  GRAMKIT_RATE_LIMIT_PER_MINUTE: shape.GRAMKIT_RATE_LIMIT_PER_MINUTE,
  GRAMKIT_DRAIN_DELAY_MS: shape.GRAMKIT_DRAIN_DELAY_MS,
  GRAMKIT_LOG_LEVEL: shape.GRAMKIT_LOG_LEVEL,
  WAITLIST_URL: httpAddress.default('http://localhost:5010').describe(`${address} waitlist`),
  INVITES_URL: httpAddress.default('http://localhost:5011').describe(`${address} invites`),
  REFERRALS_URL: httpAddress.default('http://localhost:5012').describe(`${address} referrals`),
  QUALITY_GATES_URL: httpAddress.default('http://localhost:5013').describe(`${address} quality`),
})
