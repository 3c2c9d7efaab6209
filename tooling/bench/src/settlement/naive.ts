/**
 * The same settlement as it is usually written with drizzle: rows are selected for update, checked
 * and written back one after the other, and every account keeps its balance in a row.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { and, asc, eq, or } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { bigint, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { copyTables, instant, naive, outboxEvent, type Transaction } from '../naive.ts'

const amountColumn = () => bigint({ mode: 'bigint' }).notNull()

const user = naive.table('user_account', {
  id: uuid().primaryKey(),
  telegramId: bigint({ mode: 'bigint' }),
})
const payment = naive.table('payment', {
  id: uuid().primaryKey(),
  userId: uuid().notNull(),
  gateway: text().notNull(),
  productId: text().notNull(),
  product: jsonb().$type<{ credits: { unit: string; amount: string } }>().notNull(),
  amount: amountColumn(),
  currency: text().notNull(),
  status: text().notNull(),
  providerPaymentId: text(),
  failureReason: text(),
  nextCheckAt: instant(),
  updatedAt: instant().notNull(),
  paidAt: instant(),
})
const account = naive.table('balance_account', {
  id: uuid().primaryKey(),
  userId: uuid(),
  systemName: text(),
  unit: text().notNull(),
  balance: amountColumn(),
  floor: amountColumn(),
})
const transfer = naive.table('balance_transfer', {
  id: uuid().primaryKey(),
  sourceAccountId: uuid().notNull(),
  targetAccountId: uuid().notNull(),
  unit: text().notNull(),
  amount: amountColumn(),
  reason: text().notNull(),
  reference: text().notNull(),
  metadata: jsonb().notNull(),
  createdAt: instant().notNull(),
})
const paymentEvent = naive.table('payment_event', {
  id: uuid().primaryKey(),
  paymentId: uuid().notNull(),
  gateway: text().notNull(),
  providerPaymentId: text().notNull(),
  reportedStatus: text().notNull(),
  outcome: text().notNull(),
  body: jsonb().notNull(),
  createdAt: instant().notNull(),
})

const TABLES = [
  'user_account',
  'payment',
  'balance_account',
  'balance_transfer',
  'payment_event',
  'outbox_event',
]

/** Makes tables with the same columns, indexes and checks, without our triggers. */
export async function createNaiveTables(admin: pg.Pool): Promise<void> {
  await copyTables(
    admin,
    TABLES,
    `insert into naive.user_account select * from gramkit.user_account;
    insert into naive.balance_account select * from gramkit.balance_account;
    alter table naive.balance_account drop constraint balance_account_system_check;
    alter table naive.payment add foreign key (user_id) references naive.user_account (id);
    alter table naive.payment_event add foreign key (payment_id) references naive.payment (id);
    alter table naive.balance_transfer
      add foreign key (source_account_id, unit) references naive.balance_account (id, unit),
      add foreign key (target_account_id, unit) references naive.balance_account (id, unit);`,
  )
}

/** What is reported as paid. */
export interface Paid {
  readonly paymentId: string
  readonly chargeId: string
  readonly payerTelegramId: bigint
  readonly amount: bigint
}

/** Opens the way to settle over a pool. */
export function openNaive(pool: pg.Pool): (paid: Paid) => Promise<void> {
  const db = drizzle(pool, { casing: 'snake_case' })
  return (paid) => db.transaction((tx) => settle(tx, paid))
}

async function settle(tx: Transaction, paid: Paid): Promise<void> {
  const now = new Date()
  const [found] = await tx
    .select()
    .from(payment)
    .where(eq(payment.id, paid.paymentId))
    .for('update')
  if (!found || found.amount !== paid.amount || found.status !== 'pending') {
    throw new Error('This payment does not wait for this amount')
  }
  const [payer] = await tx.select().from(user).where(eq(user.id, found.userId))
  if (payer?.telegramId !== paid.payerTelegramId) throw new Error('Somebody else paid')
  const [known] = await tx
    .select()
    .from(payment)
    .where(and(eq(payment.gateway, found.gateway), eq(payment.providerPaymentId, paid.chargeId)))
  if (known) throw new Error('This charge has paid already')
  await tx
    .update(payment)
    .set({
      status: 'succeeded',
      providerPaymentId: paid.chargeId,
      failureReason: null,
      nextCheckAt: null,
      paidAt: now,
      updatedAt: now,
    })
    .where(eq(payment.id, found.id))
  await move(tx, {
    source: { system: `provider:${found.gateway}` },
    target: { system: 'revenue' },
    unit: found.currency,
    amount: found.amount,
    reason: 'payment.settled',
    reference: found.id,
    now,
  })
  const { credits } = found.product
  await move(tx, {
    source: { system: 'issuance' },
    target: { userId: found.userId },
    unit: credits.unit,
    amount: BigInt(credits.amount),
    reason: 'payment.fulfilled',
    reference: found.id,
    now,
  })
  await tx.insert(outboxEvent).values({
    id: randomUUID(),
    name: 'payment.succeeded',
    version: 1,
    occurredAt: now,
    subjectId: found.id,
    userId: found.userId,
    payload: {
      paymentId: found.id,
      productId: found.productId,
      gateway: found.gateway,
      amount: String(found.amount),
      currency: found.currency,
      isRenewal: false,
    },
  })
  await tx.insert(paymentEvent).values({
    id: randomUUID(),
    paymentId: found.id,
    gateway: found.gateway,
    providerPaymentId: paid.chargeId,
    reportedStatus: 'succeeded',
    outcome: 'applied',
    body: { chargeId: paid.chargeId, payload: found.id },
    createdAt: now,
  })
}

type Owner = { readonly system: string } | { readonly userId: string }

interface Movement {
  readonly source: Owner
  readonly target: Owner
  readonly unit: string
  readonly amount: bigint
  readonly reason: string
  readonly reference: string
  readonly now: Date
}

async function move(tx: Transaction, { now, ...movement }: Movement): Promise<void> {
  const { unit, amount, reason, reference } = movement
  const locked = await tx
    .select()
    .from(account)
    .where(and(or(isOwn(movement.source), isOwn(movement.target)), eq(account.unit, unit)))
    .orderBy(asc(account.id))
    .for('update')
  const [source, target] = [movement.source, movement.target].map((owner) =>
    locked.find(({ systemName, userId }) =>
      'system' in owner ? systemName === owner.system : userId === owner.userId,
    ),
  )
  if (!source || !target) throw new Error('Both accounts are open')
  if (source.userId && source.balance - amount < source.floor) throw new Error('Too little')
  await tx.insert(transfer).values({
    id: randomUUID(),
    sourceAccountId: source.id,
    targetAccountId: target.id,
    unit,
    amount,
    reason,
    reference,
    metadata: {},
    createdAt: now,
  })
  await tx
    .update(account)
    .set({ balance: source.balance - amount })
    .where(eq(account.id, source.id))
  await tx
    .update(account)
    .set({ balance: target.balance + amount })
    .where(eq(account.id, target.id))
}

function isOwn(owner: Owner) {
  return 'system' in owner ? eq(account.systemName, owner.system) : eq(account.userId, owner.userId)
}
