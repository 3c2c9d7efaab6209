/** Months of what is given for a lifetime. */
export const LIFETIME_MONTHS = 1_200
