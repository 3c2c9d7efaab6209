/** A friendship is asked for by one and agreed to by the other. */
export const FRIENDSHIP_STATUSES = ['requested', 'accepted'] as const

/** Two people who are friends, or of whom one wants to be. The lower id stands first. */
export interface Friendship {
  readonly lowId: string
  readonly highId: string
  readonly status: (typeof FRIENDSHIP_STATUSES)[number]
  readonly requestedBy: string
  readonly createdAt: Date
  readonly acceptedAt: Date | null
}

/** Another person as a friend, or whoever wants to be one, sees them: nothing but the name. */
export interface PersonView {
  readonly userId: string
  readonly firstName: string | null
  readonly username: string | null
  /** When it was asked for, agreed to, or blocked. */
  readonly since: Date
}

/** Friends that one person may have. */
export const FRIENDS_MAX = 1_000

/** People whom one person may block. */
export const BLOCKS_MAX = 1_000

/** Two people in the order in which their friendship is stored. */
export function pairOf(a: string, b: string): Pick<Friendship, 'lowId' | 'highId'> {
  return a < b ? { lowId: a, highId: b } : { lowId: b, highId: a }
}
