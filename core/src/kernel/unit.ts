/** Name of what a ledger counts: 1 to 32 letters, digits, - and _, a letter first. */
export const UNIT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/

/** Most of a unit that moves at once. */
export const UNIT_AMOUNT_MAX = 10n ** 15n
