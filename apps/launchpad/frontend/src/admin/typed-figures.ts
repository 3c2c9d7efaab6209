const SAMPLE_MAX = 2_000_000_000

/** A typed number, with a comma or a point; `undefined` for what is none. */
export function typedNumber(text: string): number | undefined {
  return /^\d+(?:[.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : undefined
}

/** The part of one that a typed percentage means; `undefined` for what is none from 0 to 100. */
export function typedShare(text: string): number | undefined {
  const percent = typedNumber(text)
  return percent === undefined || percent > 100 ? undefined : percent / 100
}

/** A typed number of people; `undefined` for what is none. */
export function typedCount(text: string): number | undefined {
  const count = typedNumber(text)
  return count !== undefined && Number.isInteger(count) && count <= SAMPLE_MAX ? count : undefined
}
