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
