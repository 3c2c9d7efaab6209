import { z } from 'zod'

/** Statements of one request, with `{{…}}` where each request has a value of its own. */
export const templateSchema = z.array(z.object({ text: z.string(), values: z.array(z.json()) }))

/** Statements of one request, with `{{…}}` where each request has a value of its own. */
export type Template = z.output<typeof templateSchema>

/** The statements of each route. */
export const templatesSchema = z.record(z.string(), templateSchema)

/** Ids that follow from a number end in it, so that both sides find the same row by it. */
export const NUMBERED_ID = '00000000-0000-7000-8000-'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Makes a template out of two recordings: what differs between them is each request's own. */
export function templateOf(
  recordings: readonly (readonly {
    readonly text: string
    readonly values: readonly unknown[]
  }[])[],
  numbers: readonly string[],
): Template {
  const [first = [], second = []] = recordings
  const keys = new Map<string, number>()
  const constant = new Set(textOf(second).match(UUID))
  const keyOf = (value: string): number => {
    const key = keys.get(value) ?? keys.size
    keys.set(value, key)
    return key
  }
  const fill = (text: string, other: string): string => {
    if (/^\d{4}-\d\d-\d\dT/.test(text)) return '{{now}}'
    const filled = text
      .replaceAll(new RegExp(`${NUMBERED_ID}[0-9a-f]{12}`, 'g'), `${NUMBERED_ID}{{hexn}}`)
      .replaceAll(UUID, (id) =>
        constant.has(id) || id.startsWith(NUMBERED_ID) ? id : `{{uuid:${keyOf(id)}}}`,
      )
      .replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => `{{hash:${keyOf(hash)}}}`)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '{{now}}')
      .replaceAll(new RegExp(numbers[0] ?? '', 'g'), '{{n}}')
    const isCode = /^[0-9A-Z]{10}$/.test(text) && text !== other
    return isCode ? `{{code:${keyOf(text)}}}` : filled
  }
  const walk = (value: unknown, other: unknown): unknown => {
    if (typeof value === 'string') return fill(value, String(other))
    if (value instanceof Date) return '{{now}}'
    if (typeof value === 'bigint') return String(value)
    if (Array.isArray(value))
      return value.map((one, at) => walk(one, Reflect.get(Object(other), at)))
    return value
  }
  return templateSchema.parse(
    first.map(({ text, values }, at) => ({
      text,
      values: values.map((value, place) => walk(value, second[at]?.values[place])),
    })),
  )
}

function textOf(recording: readonly { readonly values: readonly unknown[] }[]): string {
  return JSON.stringify(
    recording.map(({ values }) => values),
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  )
}
