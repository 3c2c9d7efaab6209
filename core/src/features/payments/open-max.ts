/** Payments of one user that may wait for money at once: each costs looks at the provider. */
export const OPEN_MAX = 30
