/** Where billing is, below the public address. */
export const BILLING_PATH = '/billing'
