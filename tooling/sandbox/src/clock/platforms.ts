import { z } from 'zod'
import type { Activity } from '../activity.ts'

/** A platform that follows the sandbox's clock. */
export const platformSchema = z.object({ url: z.url(), token: z.string().min(1) })

type Platform = z.output<typeof platformSchema>

const answerSchema = z.object({
  nextDueAt: z.iso.datetime().nullable(),
  worked: z.number(),
})

/** What the platforms said after they were told the time. */
export interface Told {
  readonly worked: number
  /** In ms since 1970, or null. */
  readonly nextDue: number | null
}

const TIMEOUT_MS = 120_000
const TRIES = 3
const WAIT_MS = 200

/** The platforms that follow the sandbox's clock; they register again whenever they start. */
export class Platforms {
  readonly #activity: Activity
  readonly #platforms = new Map<string, Platform>()

  constructor(activity: Activity) {
    this.#activity = activity
  }

  /** Adds a platform, or gives one its new token. */
  register(platform: Platform): void {
    this.#platforms.set(platform.url, platform)
  }

  /** Addresses of the platforms. */
  list(): string[] {
    return [...this.#platforms.keys()]
  }

  /** Sets every platform's clock and waits until each has done what is due. */
  async tell(now: string, frozen: boolean): Promise<Told> {
    let worked = 0
    let nextDue: number | null = null
    for (const platform of [...this.#platforms.values()]) {
      const answer = await this.#tellOne(platform, { now, frozen })
      worked += answer?.worked ?? 0
      const due = answer?.nextDueAt ? Date.parse(answer.nextDueAt) : null
      if (due !== null) nextDue = Math.min(nextDue ?? due, due)
    }
    return { worked, nextDue }
  }

  async #tellOne(
    platform: Platform,
    message: { now: string; frozen: boolean },
  ): Promise<z.output<typeof answerSchema> | undefined> {
    let error = ''
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const response = await fetch(platform.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${platform.token}`,
          },
          body: JSON.stringify(message),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        if (response.ok) return answerSchema.parse(await response.json())
        error = `HTTP ${response.status} ${await response.text()}`
      } catch (thrown) {
        error = thrown instanceof Error ? thrown.message : String(thrown)
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
    }
    this.#platforms.delete(platform.url)
    this.#activity.log({
      kind: 'event',
      provider: 'sandbox',
      name: 'clock: a platform left',
      status: null,
      request: { url: platform.url },
      error,
    })
    return undefined
  }
}
