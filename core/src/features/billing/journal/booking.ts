/** What all entries that are booked in one go have in common. */
export interface Booking {
  readonly id: string
  /** The day of the tenant. */
  readonly today: string
  /** The first day that takes entries. */
  readonly openFromOn: string
  /** The day that entries count for: today, or the first day that takes them. */
  readonly on: string
  readonly timeZone: string
  readonly at: Date
}
