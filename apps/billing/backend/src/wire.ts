import type { Readable } from 'node:stream'
import { priceStepSchema } from '@gramkit/core/billing'
import { type Decimal, decimalText, readDecimal } from '@gramkit/core/kernel'
import { z } from 'zod'

/** A decimal number: exact in the program, text on the wire. */
export const decimalWire = z
  .codec(z.string(), z.custom<Decimal>(), {
    decode: (text) => readDecimal(text),
    encode: decimalText,
  })
  .meta({ type: 'string', examples: ['29.99'] })

/** One step of how a price came about. */
export const stepWire = priceStepSchema.meta({ id: 'PriceStep' })

/** A day without a time, such as 2028-01-31. */
export const dayWire = z.string().meta({ format: 'date' })

/**
 * The body of a request that a service reads: described by the service's own schema, and checked by
 * the service alone, which names the field that is wrong. Amounts and instants are read here.
 */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, read: z.ZodRawShape = {}) {
  return z
    .looseObject(read)
    .transform((body): unknown => body)
    .pipe(z.custom<z.input<Schema>>())
    .meta(describedAs(schema))
}

/** As {@link bodyOf}, of a request that changes some fields and leaves the others. */
export function changesOf<Schema extends z.ZodType>(schema: Schema, read: z.ZodRawShape = {}) {
  return z
    .looseObject(read)
    .transform((body): unknown => body)
    .pipe(z.custom<Partial<z.input<Schema>>>())
    .meta({ ...describedAs(schema), required: [] })
}

/** What the OpenAPI document says of what a schema takes. */
export function describedAs(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { type } = zodSchema._zod.def
      if (type === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?[0-9]+$' })
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  })
  return described
}

/** When an end or a pause takes effect. */
export const whenField = z.enum(['now', 'period_end'])

const bytes = z.custom<string | Buffer | Readable>().meta({ type: 'string' })

/** An answer that is a file, for the OpenAPI document. */
export function contentOf(type: string) {
  return { description: `A file of ${type}`, content: { [type]: { schema: bytes } } }
}
