import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again until the answer is no longer undefined; undefined when time is up. */
export async function poll<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  limits: { readonly timeoutMs: number; readonly everyMs?: number },
): Promise<T | undefined> {
  const endsAt = performance.now() + limits.timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || performance.now() > endsAt) return answer
    await delay(limits.everyMs ?? 25)
  }
}
