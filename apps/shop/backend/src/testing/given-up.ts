import pg from 'pg'
import { aCustomer, type Customer, eventually, type RunningShop } from './running-shop.ts'

/** A customer who has paid 50 Stars for 100 credits, while the delivery that tells so is parked. */
export async function withParkedPayment(
  shop: RunningShop,
): Promise<Customer & { readonly deliveryId: string }> {
  const customer = await aCustomer(shop)
  const { body } = await customer.buy('credits-100')
  const client = new pg.Client({ connectionString: shop.database.adminUrl })
  await client.connect()
  try {
    // Nothing can be applied while events of payments are refused.
    await client.query(
      `create trigger refused before insert on gramkit.payment_event
       for each statement execute function gramkit.refuse_change()`,
    )
    await customer.person.pay(body.confirmationUrl)
    const tried = 'select id from gramkit.inbox_delivery where attempts > 0 and status = $1'
    await eventually(
      async () => (await client.query(tried, ['pending'])).rowCount,
      (found) => found === 1,
    )
    const { rows } = await client.query<{ id: string }>(tried, ['pending'])
    // Parked first: a try that begins in between is refused still.
    await client.query(
      `update gramkit.inbox_delivery set status = 'parked', attempts = 40, finished_at = received_at
       where id = $1`,
      [rows[0]?.id],
    )
    await client.query('drop trigger refused on gramkit.payment_event')
    return { ...customer, deliveryId: rows[0]?.id ?? '' }
  } finally {
    await client.end()
  }
}

/** A job that nobody here knows, put aside as dead. */
export async function aDeadJob(shop: Pick<RunningShop, 'database'>, id: string): Promise<void> {
  const client = new pg.Client({ connectionString: shop.database.adminUrl })
  await client.connect()
  try {
    await client.query(
      `insert into gramkit.job
         (id, name, payload, status, run_at, attempts, attempts_max, last_error, finished_at)
       values ($1, 'nobody.knows', '{}', 'dead', now(), 10, 10, 'The shelf is empty', now())`,
      [id],
    )
  } finally {
    await client.end()
  }
}
