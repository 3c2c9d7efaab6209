import { defineConfig } from 'vitepress'

const decisions = [
  ['0001-decision-records', '0001 Decision records'],
  ['0002-four-layers', '0002 Four layers in one package'],
  ['0003-lazy-getters', '0003 Getters for the aggregators'],
  ['0004-typed-errors', '0004 Typed errors'],
  ['0005-use-case-is-a-transaction', '0005 A use case is a transaction'],
  ['0006-outbox-and-job-rows', '0006 Outbox, and rows as the truth'],
  ['0007-ledger-in-the-database', '0007 The ledger lives in the database'],
  ['0008-ids', '0008 Ids'],
  ['0009-real-parts-in-tests', '0009 Real parts in tests'],
  ['0010-mini-app-ui', '0010 The Mini App’s components'],
  ['0011-database-driver', '0011 One database driver'],
  ['0012-snapshots-wait-for-writers', '0012 Snapshots wait for writers'],
  ['0013-refills-when-somebody-looks', '0013 Refills when somebody looks'],
  ['0014-announce-after-the-commit', '0014 Listeners hear after the commit'],
  ['0015-identity-of-our-own', '0015 People and logins are our own'],
  ['0016-people-in-parts', '0016 Features know of people in parts'],
  ['0017-place-by-class-of-score', '0017 Places by classes of score'],
  ['0018-tokens-that-are-not-stored', '0018 Tokens that are not stored'],
  ['0019-codes-by-where-they-come-from', '0019 Codes by where they come from'],
  ['0020-gate-opens-when-nothing-is-known', '0020 The gate is open by default'],
  ['0021-four-services-of-one-program', '0021 Four services of one program'],
  ['0022-journal-of-wide-rows', '0022 An entry of billing’s journal is one row'],
  ['0023-billing-by-names', '0023 Billing by names'],
] as const

/** On a phone, tables and diagrams keep a width at which they can be read, and scroll. */
const phoneStyle = `@media (max-width: 640px) {
  .vp-doc td { min-width: 11rem; }
  .vp-doc td:first-child { min-width: 6rem; }
  .vp-doc p:has(> img[src$=".svg"]) { overflow-x: auto; }
  .vp-doc p > img[src$=".svg"] { min-width: 720px; max-width: none; }
}`

/** The documentation site; its search index is built with it, so it calls nobody. */
export default defineConfig({
  title: 'gramkit',
  description: 'A backend kit for Telegram Mini Apps that take money',
  head: [['style', {}, phoneStyle]],
  cleanUrls: true,
  lastUpdated: false,
  // The tutorial leads to what `npm start` serves.
  ignoreDeadLinks: 'localhostLinks',
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Tutorial', link: '/tutorials/first-paid-subscription' },
      { text: 'How-to', link: '/how-to/' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Explanation', link: '/explanation/architecture' },
      { text: 'Decisions', link: '/decisions/' },
    ],
    sidebar: [
      {
        text: 'Tutorial',
        items: [{ text: 'A first paid subscription', link: '/tutorials/first-paid-subscription' }],
      },
      {
        text: 'How-to',
        items: [
          { text: 'All guides', link: '/how-to/' },
          { text: 'Sell a product', link: '/how-to/sell-a-product' },
          { text: 'Sell a subscription', link: '/how-to/sell-a-subscription' },
          { text: 'Issue receipts', link: '/how-to/issue-receipts' },
          { text: 'Invite people', link: '/how-to/invite-people' },
          {
            text: 'Store invitations elsewhere',
            link: '/how-to/store-invitations-elsewhere',
          },
          { text: 'Build your own app', link: '/how-to/build-your-own-app' },
          { text: 'Log in by mail', link: '/how-to/log-in-by-mail' },
          { text: 'Compose a bot', link: '/how-to/compose-a-bot' },
          { text: 'Replace a service', link: '/how-to/replace-a-service' },
          { text: 'Add a payment gateway', link: '/how-to/add-a-payment-gateway' },
          { text: 'Act on events', link: '/how-to/act-on-events' },
          { text: 'Broadcast', link: '/how-to/broadcast' },
          { text: 'Set up a launchpad', link: '/how-to/set-up-a-launchpad' },
          { text: 'Troubleshoot a launchpad', link: '/how-to/troubleshoot-a-launchpad' },
          { text: 'Log in by Telegram', link: '/how-to/log-in-by-telegram' },
          { text: 'Notify people', link: '/how-to/notify-people' },
          { text: 'Export and erase', link: '/how-to/export-and-erase' },
          { text: 'Test your app', link: '/how-to/test-your-app' },
          { text: 'Go live', link: '/how-to/go-live' },
          { text: 'Go live with Stars', link: '/how-to/go-live-with-stars' },
          { text: 'Go live with YooKassa', link: '/how-to/go-live-with-yookassa' },
          { text: 'Take money by Stripe', link: '/how-to/take-stripe' },
          { text: 'Bill by the API', link: '/how-to/bill-by-the-api' },
          { text: 'Show invoices and figures', link: '/how-to/show-invoices-and-figures' },
          { text: 'Bill many tenants', link: '/how-to/bill-many-tenants' },
          { text: 'Back up and restore', link: '/how-to/back-up-and-restore' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Overview', link: '/reference/' },
          { text: 'HTTP', link: '/reference/http' },
          { text: 'Command line', link: '/reference/cli' },
          { text: 'Configuration', link: '/reference/configuration' },
          { text: 'Errors', link: '/reference/errors' },
          { text: 'Events', link: '/reference/events' },
          { text: 'Exports', link: '/reference/exports' },
          { text: 'Tables', link: '/reference/tables' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Explanation',
        items: [
          { text: 'Architecture', link: '/explanation/architecture' },
          { text: 'Aggregators', link: '/explanation/aggregators' },
          { text: 'Money', link: '/explanation/money' },
          { text: 'When billing makes an invoice', link: '/explanation/billing-runs' },
          { text: 'How billing prices', link: '/explanation/billing-pricing' },
          { text: 'How money comes in', link: '/explanation/billing-money-in' },
          { text: 'What billing earns', link: '/explanation/billing-revenue' },
          {
            text: 'What becomes of wrong and unpaid invoices',
            link: '/explanation/billing-credit-and-dunning',
          },
          { text: 'People across features', link: '/explanation/people' },
          { text: 'Payments', link: '/explanation/payments' },
          { text: 'Notifications', link: '/explanation/notifications' },
          { text: 'Subscriptions', link: '/explanation/subscriptions' },
          { text: 'Invitations', link: '/explanation/invitations' },
          { text: 'The launchpad', link: '/explanation/launchpad' },
          { text: 'Quality gates', link: '/explanation/quality-gates' },
          { text: 'Referral mechanics', link: '/explanation/referral-mechanics' },
          { text: 'The waitlist', link: '/explanation/waitlist' },
          { text: 'Webhooks', link: '/explanation/webhooks' },
          { text: 'Transactions and outbox', link: '/explanation/transactions-and-outbox' },
          { text: 'Reliability', link: '/explanation/reliability' },
          { text: 'Speed', link: '/explanation/speed' },
          { text: 'Dependencies', link: '/explanation/dependencies' },
        ],
      },
      {
        text: 'Decisions',
        collapsed: true,
        items: [
          { text: 'All records', link: '/decisions/' },
          ...decisions.map(([page, text]) => ({ text, link: `/decisions/${page}` })),
        ],
      },
    ],
  },
})
