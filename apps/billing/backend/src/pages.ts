import { fileURLToPath } from 'node:url'
import { pages } from '@gramkit/core/http/pages'

/** Where billing is, below the public address. */
export const BILLING_PATH = '/billing'

/** Where the pages are on which invoices are shown and paid; a token follows. */
export const PAY_PATH = `${BILLING_PATH}/pay/`

/** Where the dashboard's build is. */
export const DASHBOARD_FOLDER = fileURLToPath(new URL('../../frontend/dist', import.meta.url))

/** Serves the built dashboard. */
export const dashboardPages = pages({
  path: `${BILLING_PATH}/`,
  folder: DASHBOARD_FOLDER,
  howToBuild: 'Build it: pnpm --filter @gramkit/billing-frontend build',
})
