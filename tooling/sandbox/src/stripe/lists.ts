import type { FormObject } from './form.ts'
import { invalid, missing } from './stripe-error.ts'

/** One page of a list. */
export interface StripeList<T> {
  readonly object: 'list'
  readonly url: string
  readonly has_more: boolean
  readonly data: T[]
}

const PAGE_SIZE = 10
const PAGE_SIZE_MAX = 100

const COMPARISONS = {
  gte: (at: number, bound: number) => at >= bound,
  gt: (at: number, bound: number) => at > bound,
  lte: (at: number, bound: number) => at <= bound,
  lt: (at: number, bound: number) => at < bound,
}

/** Reads which page is wanted, of objects newest first, and gives the work that makes it. */
export function page<T extends { readonly id: string; readonly created: number }>(
  url: string,
  objects: readonly T[],
  form: FormObject,
  filters: readonly string[],
): () => StripeList<T> {
  const { limit = String(PAGE_SIZE), starting_after, created, expand: _, ...rest } = form
  const size = Number(limit)
  if (!Number.isInteger(size) || size < 1 || size > PAGE_SIZE_MAX) {
    throw invalid('This value must be between 1 and 100', 'limit')
  }
  const unknown = Object.keys(rest).find((name) => !filters.includes(name))
  if (unknown) throw invalid(`Received unknown parameter: ${unknown}`, unknown, 'parameter_unknown')
  const bounds = readBounds(created)
  return () => {
    const start = objects.findIndex(({ id }) => id === starting_after) + 1
    if (starting_after !== undefined && start === 0) {
      throw missing('object', String(starting_after), 'starting_after')
    }
    const found = objects.slice(start).filter((object) => {
      const fields = new Map<string, unknown>(Object.entries(object))
      return (
        bounds.every(([test, bound]) => test(object.created, bound)) &&
        Object.entries(rest).every(([name, value]) => fields.get(name) === value)
      )
    })
    return {
      object: 'list',
      url,
      has_more: found.length > size,
      data: found.slice(0, size),
    }
  }
}

type Bound = readonly [test: (at: number, bound: number) => boolean, bound: number]

function readBounds(created: FormObject[string] | undefined): Bound[] {
  if (created === undefined) return []
  if (typeof created === 'string') return [[(at, bound) => at === bound, Number(created)]]
  return Object.entries(COMPARISONS).flatMap(([name, test]): Bound[] => {
    const bound = new Map(Object.entries(created)).get(name)
    return bound === undefined ? [] : [[test, Number(bound)]]
  })
}
