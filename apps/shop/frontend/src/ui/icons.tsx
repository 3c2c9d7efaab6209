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

/** A clock, for history. */
export const historyIcon = icon(
  <path d="M14 23.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19ZM14 9v5.2l3.4 2" />,
)
