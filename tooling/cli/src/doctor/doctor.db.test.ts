import { newId } from '@gramkit/core/kernel'
import { type RunningShop, startRunningShop } from '@gramkit/shop/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../testing/figures.ts'
import { gramkit } from '../testing/gramkit.ts'

let shop: RunningShop
let env: Record<string, string>

beforeAll(async () => {
  shop = await startRunningShop()
  env = {
    ...shop.environment,
    GRAMKIT_APP: '@gramkit/shop',
    GRAMKIT_OWNER_DATABASE_URL: shop.database.ownerUrl,
    GRAMKIT_ADMIN_TOKEN: 'Zq3-vX81_kPw7Rm2bNc9Yt4LhDf6',
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'uJ5_sT0eGd8-oWi1zCx4Kn7QaVb3',
  }
})

afterAll(() => shop[Symbol.asyncDispose]())

const doctor = (more: Record<string, string> = {}, ...words: string[]) =>
  gramkit({ ...env, ...more }, 'doctor', ...words)

/** Changes something as the superuser, looks, and changes it back. */
async function whileChanged(change: string, back: string): ReturnType<typeof doctor> {
  await ask(shop.database.adminUrl, change)
  try {
    return await doctor()
  } finally {
    await ask(shop.database.adminUrl, back)
  }
}

test('finds nothing wrong with a shop that runs, and shows no secret', async () => {
  const run = await doctor({}, '--ledger')
  expect(run).toMatchObject({ code: 0, told: '' })
  expect(run.said).toContain('✓ The ledger adds up')
  expect(run.said).toContain('✓ The journals of billing add up: 0 entries of 0 tenants')
  for (const secret of shop.config.secrets) expect(run.said).not.toContain(secret)
  expect(run.said).toMatch(/0 problems, \d+ warnings?; \d+ of \d+ are well\.$/)
})

describe('names each problem with its way out:', () => {
  test('a configuration that cannot be read, with trusted proxies that are no addresses', async () => {
    for (const hops of ['true', '1', '0.0.0.0/0']) {
      const run = await doctor({ GRAMKIT_TRUSTED_PROXIES: hops, GRAMKIT_ADMIN_TOKEN: 'hunter2' })
      expect(run.code).toBe(1)
      expect(run.said).toContain(`✗ GRAMKIT_TRUSTED_PROXIES was "${hops}"`)
      expect(run.said).toContain(
        '→ it should be a comma-separated list of addresses and CIDR blocks',
      )
      expect(run.said).toContain('✗ GRAMKIT_ADMIN_TOKEN was a text of 7 characters (hidden)')
    }
  })

  test('secrets that can be guessed, and a sandbox, where people pay', async () => {
    const weak = { GRAMKIT_ADMIN_TOKEN: 'change-me-change-me' }
    const secret = { GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'aaaabbbbccccdddd' }
    const here = await doctor({ ...weak, ...secret })
    expect(here.code).toBe(0)
    expect(here.said).toContain('! GRAMKIT_ADMIN_TOKEN can be guessed')
    const { GRAMKIT_DEV_CLOCK_URL: _, ...others } = env
    const production = {
      ...others,
      ...weak,
      ...secret,
      NODE_ENV: 'production',
      GRAMKIT_SUPPORT_CONTACT: '@shop',
    }
    const run = await gramkit(production, 'doctor')
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ GRAMKIT_ADMIN_TOKEN can be guessed')
    expect(run.said).toContain('✗ GRAMKIT_TELEGRAM_WEBHOOK_SECRET can be guessed')
    expect(run.said).toContain('✗ GRAMKIT_TELEGRAM_API_ROOT is this machine')
    expect(run.said).toContain('✗ GRAMKIT_YOOKASSA_API_ROOT is this machine')
    expect(run.said).toContain('! GRAMKIT_YOOKASSA_SECRET_KEY is of a test shop')
    expect(run.said).toContain('! No proxy is trusted')
  })

  test('one secret for two things', async () => {
    const { GRAMKIT_ADMIN_TOKEN: both = '' } = env
    const run = await doctor({ GRAMKIT_TELEGRAM_WEBHOOK_SECRET: both })
    expect(run.code).toBe(1)
    expect(run.said).toContain(
      'GRAMKIT_ADMIN_TOKEN and GRAMKIT_TELEGRAM_WEBHOOK_SECRET are the same',
    )
  })

  test('a database that is away, while everything else is looked at', async () => {
    const run = await doctor({ DATABASE_URL: 'postgres://app:hunter2-hunter2@127.0.0.1:1/none' })
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ Database cannot be looked at: connect ECONNREFUSED 127.0.0.1:1')
    expect(run.said).toContain('✓ The bot is @shop_bot')
  })

  test('a role that may do too much', async () => {
    const owner = await doctor({ DATABASE_URL: shop.database.ownerUrl })
    expect(owner.code).toBe(1)
    expect(owner.said).toContain('DATABASE_URL is the address of the role that owns the database')
    const almighty = await doctor({ DATABASE_URL: shop.database.adminUrl })
    expect(almighty.said).toContain('may do anything: nothing protects the ledger')
    const granted = await whileChanged(
      'grant update (amount) on gramkit.balance_transfer to gramkit_app; grant delete on gramkit.audit_seal to gramkit_app',
      'revoke update (amount) on gramkit.balance_transfer from gramkit_app; revoke delete on gramkit.audit_seal from gramkit_app',
    )
    expect(granted.code).toBe(1)
    expect(granted.said).toContain(
      'may change what is never changed: gramkit.audit_seal, gramkit.balance_transfer',
    )
  })

  test('a rule that is switched off', async () => {
    const run = await whileChanged(
      'alter table gramkit.balance_transfer disable trigger balance_transfer_append_only',
      'alter table gramkit.balance_transfer enable trigger balance_transfer_append_only',
    )
    expect(run.code).toBe(1)
    expect(run.said).toContain(
      'switched off: gramkit.balance_transfer balance_transfer_append_only',
    )
  })

  test('tenants who are not kept apart', async () => {
    const run = await whileChanged(
      'alter table gramkit.billing_customer disable row level security',
      'alter table gramkit.billing_customer enable row level security',
    )
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ Tenants are not kept apart in gramkit.billing_customer')
  })

  test('migrations that are pending, and a database that is newer', async () => {
    const run = await whileChanged(
      'update shop.migration set created_at = 4102444800000 where id = 1',
      'update shop.migration set created_at = (select min(created_at) from shop.migration) - 1 where id = 1',
    )
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ Migrations are pending: shop 0000_tables')
    expect(run.said).toContain('it has shop 2100-01-01T00:00:00.000Z')
    const { GRAMKIT_OWNER_DATABASE_URL: _, ...withoutOwner } = env
    const { said } = await gramkit(withoutOwner, 'doctor')
    expect(said).toContain('! Migrations were not looked at: only the owner may')
  })

  test('a webhook that another version set, and updates that cannot be delivered', async () => {
    const api = `${env['GRAMKIT_TELEGRAM_API_ROOT']}/bot${env['GRAMKIT_TELEGRAM_BOT_TOKEN']}`
    const set = (url: string, kinds: readonly string[]) =>
      fetch(`${api}/setWebhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url, allowed_updates: kinds }),
      })
    await set('http://127.0.0.1:1/elsewhere', ['message', 'poll'])
    const run = await doctor()
    await set(`${shop.url}/join/webhooks/telegram`, ['message'])
    const below = await doctor({}, '--app', '@gramkit/launchpad')
    await set(`${shop.url}/webhooks/telegram`, ['message', 'callback_query', 'pre_checkout_query'])
    expect(below.said).not.toContain('updates go to')
    expect(run.code).toBe(1)
    expect(run.said).toContain('updates go to http://127.0.0.1:1/elsewhere')
    expect(run.said).toContain('not sent: callback_query, my_chat_member, pre_checkout_query')
  })

  test('a bot token and a shop key that the providers refuse, without showing them', async () => {
    const token = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
    const key = 'live_hunter2-hunter2'
    const run = await doctor({
      GRAMKIT_TELEGRAM_BOT_TOKEN: token,
      GRAMKIT_YOOKASSA_SECRET_KEY: key,
      GRAMKIT_STRIPE_SECRET_KEY: `sk_${key}`,
      GRAMKIT_STRIPE_WEBHOOK_SECRET: 'whsec_0123456789',
    })
    expect(run.code).toBe(1)
    expect(run.said).toMatch(/✗ Telegram cannot be looked at: .*Unauthorized/)
    expect(run.said).toContain('✗ YooKassa refuses shop 100500 with this key (401)')
    expect(run.said).toContain('✗ Stripe refuses the key (401)')
    expect(run.said).not.toContain(token)
    expect(run.said).not.toContain(key)
  })

  test('what others answer, with secrets taken out', async () => {
    const { GRAMKIT_ADMIN_TOKEN: secret = '' } = env
    const url = new URL(shop.database.appUrl)
    url.pathname = `/${secret}`
    const run = await doctor({ DATABASE_URL: url.href })
    expect(run.said).toContain('database "[hidden]" does not exist')
    expect(run.said).not.toContain(secret)
  })

  test('what was given up, and what nobody works on', async () => {
    const old = "now() - interval '1 hour'"
    await ask(
      shop.database.adminUrl,
      `insert into gramkit.inbox_delivery (id, provider, key, body, status, next_attempt_at, received_at)
         values ('${newId()}', 'telegram', 'x', '{}', 'parked', ${old}, ${old});
       insert into gramkit.job (id, name, payload, status, run_at, attempts_max)
         values ('${newId()}', 'nobody.knows', '{}', 'dead', ${old}, 1),
                ('${newId()}', 'nobody.knows', '{}', 'pending', ${old}, 1);
       insert into gramkit.user_account (id, kind, created_at, updated_at)
         values ('${newId()}', 'guest', now(), now())`,
    )
    await ask(
      shop.database.adminUrl,
      `insert into gramkit.payment (id, user_id, gateway, surface, product_id, product, amount, currency, status, created_at, updated_at)
       select gen_random_uuid(), id, 'yookassa', 'web', 'mug', '{}', 1, 'RUB', status, now(), now()
       from gramkit.user_account, unnest(array['pending', 'unknown']) status`,
    )
    await ask(
      shop.database.adminUrl,
      `update gramkit.payment set in_books = 'missing' where status = 'pending';
       insert into gramkit.balance_verification (id, accounts, transfers, differences, created_at)
         values ('${newId()}', 1, 1, 0, now() + interval '1 day'),
                ('${newId()}', 1, 1, 3, now() + interval '2 days')`,
    )
    const run = await doctor()
    expect(run.said).toContain("✗ 1 payment or refund is not in the provider's books, or otherwise")
    expect(run.said).toContain('✗ 3 differences are what the daily verification found')
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ 1 delivery is parked\n    → gramkit deliveries list')
    expect(run.said).toContain('✗ 1 job is dead\n    → gramkit jobs list')
    expect(run.said).toContain('✗ 1 job is late by ten minutes and more')
    expect(run.said).toContain('✗ 2 payments are open and not looked after')
    expect(run.said).toContain('! 1 payment or refund is without the provider')
  })

  test('books that somebody has written past', async () => {
    await ask(
      shop.database.adminUrl,
      `insert into gramkit.balance_account (id, user_id, unit, balance, created_at)
       select gen_random_uuid(), id, 'credits', 7, now() from gramkit.user_account limit 1`,
    )
    expect(await doctor()).toMatchObject({ said: expect.not.stringContaining('ledger has') })
    const run = await doctor({}, '--ledger')
    expect(run.code).toBe(1)
    expect(run.said).toContain('✗ The ledger has 2 differences in')
    expect(run.said).toContain('→ 7 instead of 0')
  })
})

test('prints the same for machines', async () => {
  const run = await doctor({}, '--json')
  const { ok, groups } = JSON.parse(run.said)
  expect(ok).toBe(run.code === 0)
  expect(groups[0]).toMatchObject({ title: 'Configuration', findings: expect.any(Array) })
  expect(groups[1].findings[0]).toMatchObject({ level: 'ok', what: expect.any(String) })
})
