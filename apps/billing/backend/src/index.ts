/**
 * Billing for many tenants as an app of its own, for whoever runs it.
 *
 * @module
 */
export { type Billing, openBilling } from './billing.ts'
export { ensureDemo } from './demo/demo.ts'
export { gramkitApp } from './gramkit-app.ts'
export { migrateBilling } from './migrations.ts'
export { BILLING_PATH, DASHBOARD_FOLDER } from './pages.ts'
export { type ServedBilling, serveBilling } from './serve.ts'
