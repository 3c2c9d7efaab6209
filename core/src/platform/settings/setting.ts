import type { z } from 'zod'

/** Configuration of one name that an administrator changes while the kit runs. */
export interface Setting<Value> {
  /** `<feature>.<what>`, such as `waitlist.weights`. */
  readonly name: string
  /** What a value must be; refuses what makes no sense, such as a weight below 0. */
  readonly schema: z.ZodType<Value>
  /** What holds until somebody changes it. */
  readonly initial: Value
}

/** What a setting was from one change to the next, and whose decision it was. */
export interface SettingVersion<Value> {
  /** 0 is what the program came with, 1 the first change. */
  readonly version: number
  readonly value: Value
  /** `admin`, `system` or a user's id. */
  readonly actor: string
  readonly reason: string
  /** Null of version 0, which was always there. */
  readonly createdAt: Date | null
}

/** Tells what each of some settings is that were read at one moment. */
export type SettingsNow = <Value>(setting: Setting<Value>) => SettingVersion<Value>

/** How somebody changes a setting. */
export interface SettingChange {
  /** Checked against the setting's schema. */
  readonly value: unknown
  readonly actor: string
  /** Why, in 1 to 500 characters. */
  readonly reason: string
  /** The version that the change was made from; another one by now refuses it. [any] */
  readonly expectedVersion?: number | undefined
}

/**
 * Describes a setting; its initial value must fit its schema.
 *
 * @example
 * const waitlistWeights = defineSetting({
 *   name: 'waitlist.weights',
 *   schema: z.strictObject({ keyword: z.int().min(0).max(1_000) }),
 *   initial: { keyword: 5 },
 * })
 */
export function defineSetting<Value>({ name, schema, initial }: Setting<Value>): Setting<Value> {
  return { name, schema, initial: schema.parse(initial) }
}
