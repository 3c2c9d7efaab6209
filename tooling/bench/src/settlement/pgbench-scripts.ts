import type { Statement } from '@gramkit/services/recording'
import { chargeOf, customerOf, customerSql, idOf, idSql, isSeeded } from './shop.ts'

/** The payment of a transaction: each client settles its own, one after the other. */
const NEXT_PAYMENT = `\\set k :k + 1
\\set n :first + :client_id * :each + :k - 1
`

/** Replays what was said while one payment was settled, for payment `:n`. */
export function replayScript(statements: readonly Statement[], payment: number): string {
  const customer = customerOf(payment)
  const ownIds = new Map([
    [idOf('payment', payment), idSql('payment', ':n')],
    [idOf('customer', customer), idSql('customer', customerSql(':n'))],
    [idOf('account', customer), idSql('account', customerSql(':n'))],
    [chargeOf(payment), `('charge-' || :n)`],
  ])
  const lines = statements.map(({ text, values }) => {
    const filled = text.replaceAll(/\$(\d+)/g, (_all, index: string) =>
      toSql(values[Number(index) - 1], ownIds),
    )
    return `${filled.replaceAll(/\s+/g, ' ')};`
  })
  return `${NEXT_PAYMENT}${lines.join('\n')}\n`
}

/** Writes the same rows in one statement: as quick as this schema can be. */
export const ONE_STATEMENT_SCRIPT = `${NEXT_PAYMENT}with paid as (
  update gramkit.payment set status = 'succeeded', provider_payment_id = 'charge-' || :n,
    failure_reason = null, next_check_at = null, paid_at = now(), updated_at = now()
  where id = ${idSql('payment', ':n')}::uuid and status = 'pending'
  returning id, user_id, gateway, product_id, product, amount, currency, provider_payment_id
), moved as (
  insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit, amount,
    reason, reference, metadata, created_at)
  select gen_random_uuid(), source.id, target.id, leg.unit, leg.amount, leg.reason, paid.id::text,
    '{}', now()
  from paid cross join lateral (values
    ('provider\\x3a' || paid.gateway, 'revenue', null::uuid, paid.currency, paid.amount,
     'payment.settled'),
    ('issuance', null, paid.user_id, paid.product #>> '{credits,unit}',
     (paid.product #>> '{credits,amount}')::bigint, 'payment.fulfilled')
  ) leg (source_name, target_name, target_user, unit, amount, reason)
  join gramkit.balance_account source
    on source.system_name = leg.source_name and source.unit = leg.unit
  join gramkit.balance_account target on target.unit = leg.unit
    and (target.system_name = leg.target_name or target.user_id = leg.target_user)
), reported as (
  insert into gramkit.payment_event (id, payment_id, gateway, provider_payment_id,
    reported_status, outcome, body, created_at)
  select gen_random_uuid(), id, gateway, provider_payment_id, 'succeeded', 'applied',
    jsonb_build_object('chargeId', provider_payment_id, 'payload', id), now() from paid
)
insert into gramkit.outbox_event (id, name, version, occurred_at, subject_id, user_id, payload)
select gen_random_uuid(), 'payment.succeeded', 1, now(), id::text, user_id,
  jsonb_build_object('paymentId', id, 'productId', product_id, 'gateway', gateway,
    'amount', amount::text, 'currency', currency, 'isRenewal', false)
from paid;
`.replaceAll("'provider\\x3a'", "E'provider\\x3a'")

/** A recorded value in SQL: what belongs to the payment follows `:n`, new ids are made anew. */
function toSql(value: unknown, ownIds: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Date) return literal(value.toISOString())
  if (typeof value !== 'string') return literal(JSON.stringify(value))
  const own = ownIds.get(value)
  if (own) return isUuid(value) ? `${own}::uuid` : own
  if (isUuid(value) && !isSeeded(value)) return 'gen_random_uuid()'
  return value.startsWith('{') ? `(${withOwnIds(value, ownIds)})::jsonb` : literal(value)
}

function withOwnIds(json: string, ownIds: ReadonlyMap<string, string>): string {
  const [id, own] = [...ownIds].find(([candidate]) => json.includes(candidate)) ?? []
  if (id === undefined) return literal(json)
  return json
    .split(id)
    .map((part) => withOwnIds(part, ownIds))
    .join(` || ${own} || `)
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)
}

/** pgbench would take a colon for the start of a variable. */
function literal(text: string): string {
  const quoted = text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')
  return `E'${quoted}'`
}
