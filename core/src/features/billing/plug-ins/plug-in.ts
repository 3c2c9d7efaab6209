import type { z } from 'zod'
import { InvalidValue } from '../../../kernel/index.ts'

/** Something that a configuration names and gives options to. */
export interface PlugIn<Made> {
  /**
   * Opens it.
   *
   * @throws {@link InvalidValue} naming the option that is wrong
   */
  open(options: unknown, field: string): Promise<Made>
}

/**
 * Declares a plug-in: the schema of its options, and how it is made of them.
 *
 * @example
 * plugIns.paymentGateways.register('house-bank', definePlugIn({
 *   options: z.strictObject({ account: z.string() }),
 *   open: ({ account }) => new HouseBank(account),
 * }))
 */
export function definePlugIn<Schema extends z.ZodType, Made>(definition: {
  readonly options: Schema
  readonly open: (options: z.output<Schema>) => Made | Promise<Made>
}): PlugIn<Made> {
  return {
    async open(given, field) {
      const read = definition.options.safeParse(given)
      if (read.success) return definition.open(read.data)
      const [issue] = read.error.issues
      const isUnknown = issue?.code === 'unrecognized_keys'
      throw new InvalidValue({
        field: [field, ...((isUnknown ? issue.keys : issue?.path) ?? [])].join('.'),
        problem: isUnknown ? 'is not known' : (issue?.message ?? 'are wrong'),
      })
    },
  }
}
