import { z } from 'zod'

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
function describedAs(schema: z.ZodType): Record<string, unknown> {
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
