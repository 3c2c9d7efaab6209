import { randomInt } from 'node:crypto'
import { test } from 'vitest'
import { type Chance, seededChance } from './chance.ts'

/** `GRAMKIT_PROOF=1` asks for the full numbers; `GRAMKIT_PROOF_SEED` repeats a run. */
const IS_FULL = process.env['GRAMKIT_PROOF'] === '1'
const TIMEOUT_MS = IS_FULL ? 3_600_000 : 600_000

declare module 'vitest' {
  interface TaskMeta {
    /** What a proof counted, for the table of `pnpm proof`. */
    proofFigures?: Record<string, string | number>
  }
}

/** One run of a proof. */
export interface Proof {
  readonly isFull: boolean
  readonly chance: Chance
  /** Adds to what the table shows. */
  report(figures: Readonly<Record<string, string | number>>): void
  /** Tells what to print when the proof fails. */
  onFailure(describe: () => string): void
}

/** A test with large numbers: a short form among the tests, the full one by `pnpm proof`. */
export function proof(sentence: string, run: (proof: Proof) => Promise<void>): void {
  test(sentence, { timeout: TIMEOUT_MS }, async ({ task }) => {
    const seed = Number(process.env['GRAMKIT_PROOF_SEED'] || randomInt(2 ** 31))
    const figures: Record<string, string | number> = {}
    task.meta.proofFigures = figures
    const descriptions: (() => string)[] = []
    try {
      await run({
        isFull: IS_FULL,
        chance: seededChance(seed),
        report: (more) => void Object.assign(figures, more),
        onFailure: (describe) => void descriptions.push(describe),
      })
    } catch (error) {
      console.error(descriptions.map((describe) => describe()).join('\n'))
      console.error(`GRAMKIT_PROOF_SEED=${seed} repeats it`)
      throw error
    } finally {
      figures['seed'] = seed
    }
  })
}
