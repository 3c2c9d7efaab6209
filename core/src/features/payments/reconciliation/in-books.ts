/** What the comparison says of a payment or a refund of ours, once the provider's books were read. */
export const IN_BOOKS = ['same', 'different', 'missing'] as const

/** Whether the provider's books have it too; null until they were read that far. */
export type InBooks = (typeof IN_BOOKS)[number]
