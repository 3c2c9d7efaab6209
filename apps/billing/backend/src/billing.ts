import { type CoreServices, configureBilling, createPlatform } from '@gramkit/core'
import {
  configuredPlatform,
  notificationChannels,
  type PlayedRoles,
  paceOf,
  playRoles,
} from '@gramkit/core/app'
import { invoiceToken } from '@gramkit/core/billing'
import { pdfkitPrinter } from '@gramkit/core/billing/pdfkit'
import { createBot, reachComposer } from '@gramkit/core/bot'
import type { Config } from '@gramkit/core/config'
import { coreEdge } from '@gramkit/core/http'
import { alertSubscriptions, CUSTOMER_NOTICES } from '@gramkit/core/jobs'
import type { Logger } from '@gramkit/core/log'
import { sendDueNotifications } from '@gramkit/core/notifications'
import { BILLING_PATH, dashboardPages, PAY_PATH } from './pages.ts'
import { payPages } from './pay/pay.http.ts'
import { payLinkHttp } from './pay/pay-link.http.ts'
import { INVOICE_RECEIPTS } from './receipts.ts'
import { tenantRoutes } from './routes.ts'
import { tenantsAdminHttp } from './tenant/tenants-admin.http.ts'
import { tenantEdge } from './tenant-edge.ts'

/** Billing: its platform, its routes, and the roles that this process plays. */
export type Billing = PlayedRoles<CoreServices>

/** The cookie of its sessions: other apps may be on the same origin. */
const SESSION_COOKIE = 'gramkit_billing_session'

/** Opens billing by its configuration; connects on first use. */
export async function openBilling(config: Config, logger: Logger): Promise<Billing> {
  const { telegram, http, mail, codeSecret } = config
  const publicUrl = `${http.publicUrl}${BILLING_PATH}/`
  const { billing } = await configureBilling({
    notifications: mail ? { type: 'email', options: mail } : { type: 'none' },
  })
  const configured = configuredPlatform(config, logger)
  const platform = await createPlatform({
    ...configured,
    billing: {
      ...billing,
      ...configured.billing,
      receipts: INVOICE_RECEIPTS,
      webhookReach: config.isProduction ? 'public' : 'anywhere',
      ...(codeSecret
        ? {
            payUrl: (invoice) => `${http.publicUrl}${PAY_PATH}${invoiceToken(invoice, codeSecret)}`,
          }
        : {}),
    },
    returnUrls: [publicUrl, ...config.returnUrls],
  })
  const { core } = platform
  const pace = paceOf(config, core)
  const bot = createBot({
    ...(config.messagesPerSecond > 0 ? { pace } : {}),
    token: telegram.botToken,
    apiRoot: telegram.apiRoot,
    composers: [reachComposer(core)],
  })
  return playRoles(config, logger, {
    ...{ platform, bot },
    subscriptions: [...alertSubscriptions(logger), ...CUSTOMER_NOTICES],
    dueWork: [sendDueNotifications(notificationChannels(config, core, bot))],
    api: () => async (app) => {
      await coreEdge(app, platform, {
        adminToken: http.adminToken,
        loginsPerMinute: http.loginsPerMinute,
        origins: [new URL(http.publicUrl).origin, ...http.corsOrigins],
        sessionCookie: SESSION_COOKIE,
      })
      await app.register(tenantEdge, { tenants: core.billing })
      const printer = pdfkitPrinter()
      app.addHook('onClose', () => printer[Symbol.asyncDispose]())
      await app.register(tenantsAdminHttp(core.billing), { prefix: `${BILLING_PATH}/api/v1` })
      for (const routes of tenantRoutes({ printer })) {
        await app.register(routes, { prefix: `${BILLING_PATH}/api/v1` })
      }
      if (config.codeSecret !== undefined) {
        const link = { secret: config.codeSecret, url: `${http.publicUrl}${PAY_PATH}` }
        const { billing } = core
        await app.register(payLinkHttp(link), { prefix: `${BILLING_PATH}/api/v1` })
        await app.register(payPages({ ...link, billing, printer }), { prefix: PAY_PATH })
      }
      await app.register(dashboardPages)
    },
    path: BILLING_PATH,
    // One text for all languages, so a wordless one.
    menu: { text: '🧾', url: publicUrl },
    commands: { commands: [], ownerCommands: [] },
  })
}
