import { sql } from 'drizzle-orm'
import pg from 'pg'
import { z } from 'zod'
import type { Clock } from '../../kernel/index.ts'
import {
  type Database,
  type Executor,
  rows,
  type ServicesHost,
} from '../../platform/database/index.ts'
import { InboxRepository } from '../../platform/inbox/index.ts'
import { defineJob, JobsRepository, subscribe } from '../../platform/jobs/index.ts'
import { defineEvent, OutboxRepository } from '../../platform/outbox/index.ts'

/** An advisory lock. */
export const GATE = 20_300_101

/** The smallest services that jobs can work with: they write down what happened. */
export class Probe {
  readonly repos: {
    readonly jobs: JobsRepository
    readonly inbox: InboxRepository
    readonly outbox: OutboxRepository
  }
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
    this.repos = {
      jobs: new JobsRepository(db),
      inbox: new InboxRepository(db),
      outbox: new OutboxRepository(db),
    }
  }

  /** Writes an effect down, in the transaction if there is one. */
  async note(kind: string, text: string): Promise<void> {
    await this.#db.execute(sql`insert into probe.effect (kind, text) values (${kind}, ${text})`)
  }

  /** Reads the effects of one kind in the order of writing. */
  async noted(kind: string): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`select text from probe.effect where kind = ${kind} order by seq`,
      z.object({ text: z.string() }),
    )
    return found.map(({ text }) => text)
  }

  /** Waits in the database while somebody holds {@link GATE}. */
  async passGate(): Promise<void> {
    await this.#db.execute(sql`select pg_advisory_xact_lock_shared(${GATE})`)
  }

  /** Sleeps in the database, as a slow statement would. */
  async sleep(durationMs: number): Promise<void> {
    await this.#db.execute(sql`select pg_sleep(${durationMs / 1_000})`)
  }
}

/** Creates what {@link Probe} writes to. */
export async function createProbe(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query(`
    create schema probe;
    create table probe.effect (seq bigserial, kind text not null, text text not null);
    grant usage on schema probe to gramkit_app;
    grant select, insert on probe.effect to gramkit_app;
    grant usage on sequence probe.effect_seq_seq to gramkit_app;
  `)
  await owner.end()
}

/** A host without a platform. */
export function probeHost(database: Database, clock: Clock): ServicesHost<Probe> {
  return {
    services: new Probe(database.executor),
    transaction: (work) => database.transaction((tx) => work(new Probe(tx))),
    clock,
  }
}

const text = z.object({ text: z.string() })

/** Writes its text down. */
export const note = defineJob({
  name: 'probe.note',
  schema: text,
  run: (tx: Probe, payload) => tx.note('note', payload.text),
})

/** Writes its text down and then fails, always. */
export const fail = defineJob({
  name: 'probe.fail',
  schema: text,
  attemptsMax: 2,
  backoffMs: 10,
  async run(tx: Probe, payload) {
    await tx.note('fail', payload.text)
    throw new Error('poison')
  },
})

/** Writes its text down once it may pass; its process can be killed before that. */
export const linger = defineJob({
  name: 'probe.linger',
  schema: text,
  async run(tx: Probe, payload) {
    await tx.passGate()
    await tx.note('linger', payload.text)
  },
})

/** Something happened to a subject. */
export const happened = defineEvent('probe.happened', { version: 1, schema: text })

/** Two consumers that write down what they heard. */
export const listeners = ['probe.hear', 'probe.listen'].map((consumer) =>
  subscribe({
    event: happened,
    consumer,
    handle: (tx: Probe, { subjectId, payload }) =>
      tx.note(consumer, `${subjectId} ${payload.text}`),
  }),
)
