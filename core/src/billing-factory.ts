import { z } from 'zod'
import {
  type BillingOptions,
  type CustomerNotifier,
  type DocumentPrinter,
  definePlugIn,
  emailNotifier,
  type PlugIn,
  Registry,
  readFields,
  type TaxCalculation,
  taxCalculations,
} from './features/billing/index.ts'
import type { PaymentGateway } from './features/payments/index.ts'

const named = z.strictObject({
  /** Under which name it was registered. */
  type: z.string('is no name'),
  /** What its own schema says. */
  options: z.unknown().default({}),
})

const fields = z.strictObject({
  /** Through whom money comes. [nobody] */
  paymentGateway: named.optional(),
  /** How customers hear of their invoices. [none] */
  notifications: named.default({ type: 'none', options: {} }),
  /** Which taxes invoices bear. [table] */
  taxCalculation: named.default({ type: 'table', options: {} }),
  /** What prints PDFs. [pdfkit] */
  pdfGeneration: named.default({ type: 'pdfkit', options: {} }),
  /** Whose `services.billing.default` is. [nobody's] */
  defaultTenantId: z.uuid('is no id').optional(),
})

/** Billing as a configuration says it: each part by the name of a plug-in, with its options. */
export type BillingConfiguration = z.input<typeof fields>

/** What a configuration of billing may name. */
export interface BillingPlugIns {
  /** `stripe` and `yookassa`. */
  readonly paymentGateways: Registry<PlugIn<PaymentGateway>>
  /** `email` and `none`. */
  readonly notificationServices: Registry<PlugIn<CustomerNotifier | undefined>>
  /** `table` and `none`. */
  readonly taxCalculations: Registry<PlugIn<TaxCalculation>>
  /** `pdfkit` and `none`. */
  readonly pdfGenerators: Registry<PlugIn<DocumentPrinter | undefined>>
}

const secret = z.string().min(1, 'is empty')
const apiRoot = z.url('is no address').optional()
const noOptions = z.strictObject({})

/**
 * The plug-ins that the kit has, to register one's own beside them. Each loads its SDK when it is
 * opened.
 */
export function billingPlugIns(): BillingPlugIns {
  return {
    paymentGateways: new Registry<PlugIn<PaymentGateway>>('payment gateway')
      .register(
        'stripe',
        definePlugIn({
          options: z.strictObject({ secretKey: secret, apiRoot }),
          async open({ secretKey, apiRoot: root }) {
            const { stripeGateway } = await import('./features/payments/gateways/stripe.ts')
            return stripeGateway({ secretKey, ...(root ? { apiRoot: root } : {}) })
          },
        }),
      )
      .register(
        'yookassa',
        definePlugIn({
          options: z.strictObject({ shopId: secret, secretKey: secret, apiRoot }),
          async open({ shopId, secretKey, apiRoot: root }) {
            const { yookassaGateway } = await import('./features/payments/gateways/yookassa.ts')
            return yookassaGateway({ shopId, secretKey, ...(root ? { apiRoot: root } : {}) })
          },
        }),
      ),
    notificationServices: new Registry<PlugIn<CustomerNotifier | undefined>>('notification service')
      .register('none', definePlugIn({ options: noOptions, open: () => undefined }))
      .register(
        'email',
        definePlugIn({
          options: z.strictObject({ smtpUrl: z.url('is no address'), from: secret }),
          async open(options) {
            const { openSmtpMailer } = await import('./platform/mail/index.ts')
            return emailNotifier(openSmtpMailer(options))
          },
        }),
      ),
    taxCalculations: new Registry<PlugIn<TaxCalculation>>('tax calculation')
      .register('none', definePlugIn({ options: noOptions, open: () => kept('none') }))
      .register('table', definePlugIn({ options: noOptions, open: () => kept('table') })),
    pdfGenerators: new Registry<PlugIn<DocumentPrinter | undefined>>('PDF generation')
      .register('none', definePlugIn({ options: noOptions, open: () => undefined }))
      .register(
        'pdfkit',
        definePlugIn({
          options: noOptions,
          async open() {
            const { pdfkitPrinter } = await import(
              './features/billing/documents/printers/pdfkit.ts'
            )
            return pdfkitPrinter()
          },
        }),
      ),
  }
}

/**
 * Opens what a configuration of billing names, as options of `createPlatform`.
 *
 * @throws {@link InvalidValue} naming the field or the option that is wrong
 * @throws {@link UnknownPlugIn} for a name that nobody registered, listing those there are
 * @example
 * const platform = await createPlatform({
 *   databaseUrl,
 *   ...(await configureBilling({ paymentGateway: { type: 'stripe', options: { secretKey } } })),
 * })
 * const billing = platform.core.billing.forTenant(tenantId)
 */
export async function configureBilling(
  configuration: BillingConfiguration = {},
  plugIns: BillingPlugIns = billingPlugIns(),
): Promise<{ readonly gateways: readonly PaymentGateway[]; readonly billing: BillingOptions }> {
  const read = readFields(fields, configuration)
  const { paymentGateway, notifications, taxCalculation, pdfGeneration, defaultTenantId } = read
  const opened = {
    notifications: await open(plugIns.notificationServices, 'notifications', notifications),
    tax: await open(plugIns.taxCalculations, 'taxCalculation', taxCalculation),
    printer: await open(plugIns.pdfGenerators, 'pdfGeneration', pdfGeneration),
  }
  const gateways = paymentGateway
    ? [await open(plugIns.paymentGateways, 'paymentGateway', paymentGateway)]
    : []
  const { type } = taxCalculation
  const calculation = new Registry<TaxCalculation>('tax calculation').register(type, opened.tax)
  return {
    gateways,
    billing: {
      defaultTenantId,
      ...{ taxCalculation: type, taxCalculations: calculation },
      ...{ notifications: opened.notifications, printer: opened.printer },
    },
  }
}

function open<Made>(
  registry: Registry<PlugIn<Made>>,
  field: string,
  { type, options }: z.output<typeof named>,
): Promise<Made> {
  return registry.get(type).open(options, `${field}.options`)
}

function kept(name: string): TaxCalculation {
  return taxCalculations().get(name)
}
