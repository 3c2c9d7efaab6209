import type { ReactNode } from 'react'

function icon(shape: ReactNode) {
  return (
    <svg
      width="28"
      height="28"
      viewBox="0 0 28 28"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shape}
    </svg>
  )
}

/** A bag, for the shop. */
export const shopIcon = icon(<path d="M6 10h16l-1.2 12.5H7.2L6 10Zm4.5 0V8a3.5 3.5 0 0 1 7 0v2" />)

/** A receipt, for purchases. */
export const purchasesIcon = icon(
  <path d="M7.5 4.5h13v19l-2.6-1.8-1.9 1.8-2-1.8-2 1.8-1.9-1.8-2.6 1.8v-19ZM11 10h6m-6 4.5h6" />,
)

/** Two people, for friends. */
export const friendsIcon = icon(
  <path d="M10.5 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 9.5c0-4 3-6.5 7-6.5s7 2.5 7 6.5M18 5.4a4 4 0 0 1 0 7.4m2.5 3.9c2.4.9 4 2.9 4 5.8" />,
)

/** A person, for the profile. */
export const profileIcon = icon(
  <path d="M14 13.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm-9 10c0-4.5 4-7 9-7s9 2.5 9 7" />,
)
