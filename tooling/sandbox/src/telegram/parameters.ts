import type { InlineKeyboardMarkup, MenuButton } from '@grammyjs/types'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** A whole number, which forms send as text. */
export const integer = z.coerce.number().pipe(z.int())

/** A yes or no, which forms send as text. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', 'True', 'False', '1', '0']).transform((text) => /true|1/i.test(text)),
])

/** An inline keyboard; other keyboards are taken and not shown. */
export const keyboardSchema = z.custom<InlineKeyboardMarkup>(
  (value) => typeof value === 'object' && value !== null,
  'object expected as reply markup',
)

/** The button beside the text field of a chat. */
export const menuButtonSchema: z.ZodType<MenuButton> = z.union([
  z.object({ type: z.enum(['commands', 'default']) }),
  z.object({
    type: z.literal('web_app'),
    text: z.string(),
    web_app: z.object({ url: z.string() }),
  }),
])

/** Text as people read it, without the marks of a parse mode. */
export function plainText(text: string, parseMode?: string): string {
  if (parseMode?.toLowerCase() !== 'html') return text
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}

const TEXT_PARAMETERS = new Set(['text', 'caption', 'title', 'description', 'payload', 'url'])

/**
 * Parameters of a call: query, then JSON, form or multipart body. Structures arrive as JSON text in
 * forms; an uploaded file stands for its name.
 */
export async function readParameters(request: FastifyRequest): Promise<Record<string, unknown>> {
  const query = toRecord(request.query)
  if (request.isMultipart()) {
    const parameters: Record<string, unknown> = unpack(query)
    for await (const part of request.parts()) {
      if (part.type === 'field') Object.assign(parameters, unpack({ [part.fieldname]: part.value }))
      else {
        await part.toBuffer()
        parameters[part.fieldname] = part.filename
      }
    }
    // Libraries name the file in a part of its own: photo=attach://part.
    for (const [name, value] of Object.entries(parameters)) {
      if (typeof value !== 'string' || !value.startsWith('attach://')) continue
      parameters[name] = parameters[value.slice('attach://'.length)] ?? value
    }
    return parameters
  }
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false
  const body = toRecord(request.body)
  return { ...unpack(query), ...(isJson ? body : unpack(body)) }
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function unpack(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isStructure = typeof value === 'string' && /^[[{]/.test(value)
      return [name, isStructure && !TEXT_PARAMETERS.has(name) ? parseOr(value) : value]
    }),
  )
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
