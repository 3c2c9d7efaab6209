/** Configuration of the shop for one process of it, beside its role, its port and its database. */
export const SHOP_ENVIRONMENT: Readonly<Record<string, string>> = {
  GRAMKIT_HOST: '127.0.0.1',
  GRAMKIT_PUBLIC_URL: 'https://bench.example',
  GRAMKIT_SUPPORT_CONTACT: '@bench_support',
  GRAMKIT_LOG_LEVEL: 'silent',
  // The brake stays in the way, and never holds.
  GRAMKIT_RATE_LIMIT_PER_MINUTE: '100000000',
  GRAMKIT_LOGINS_PER_MINUTE: '100000000',
  GRAMKIT_ADMIN_TOKEN: 'admin-token-of-the-benchmark',
  GRAMKIT_TELEGRAM_BOT_TOKEN: '700000002:AAtest-token-of-the-benchmark-only',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-of-the-benchmark',
}
