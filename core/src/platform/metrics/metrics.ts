import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the platform measures of itself, in a registry of its own. */
export interface Metrics {
  readonly registry: Registry
  /** Labels: method, route, status. */
  readonly httpRequestSeconds: Histogram<'method' | 'route' | 'status'>
  /** Labels: job, outcome (done, retried, dead). */
  readonly jobSeconds: Histogram<'job' | 'outcome'>
  /** Labels: provider, outcome (done, duplicate, retried, parked). */
  readonly inboxDeliveries: Counter<'provider' | 'outcome'>
  /** Age of the oldest event that was not handed on; read when metrics are asked for. */
  observeOutboxLag(lagSeconds: () => Promise<number>): void
  /** Gauges of an app's own, by name; one read fills them all, with null for what is not known. */
  observeGauges<Name extends string>(
    help: Readonly<Record<Name, string>>,
    read: () => Promise<Readonly<Record<Name, number | null>>>,
  ): void
  /** The same with labels: a row for each set of them; rows that are not read again are gone. */
  observeSeries<Name extends string, Label extends string>(
    help: Readonly<Record<Name, string>>,
    labels: readonly Label[],
    read: () => Promise<readonly SeriesRow<Name, Label>[]>,
  ): void
}

/** Values of gauges that share labels; null for what is not known. */
export interface SeriesRow<Name extends string, Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly values: Readonly<Record<Name, number | null>>
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Makes the platform's metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    httpRequestSeconds: new Histogram({
      name: 'gramkit_http_request_seconds',
      help: 'Time from a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'gramkit_job_seconds',
      help: 'Time one try of a job took',
      labelNames: ['job', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    inboxDeliveries: new Counter({
      name: 'gramkit_inbox_deliveries_total',
      help: 'Deliveries of outside providers by what became of them',
      labelNames: ['provider', 'outcome'],
      registers,
    }),
    observeOutboxLag(lagSeconds) {
      new Gauge({
        name: 'gramkit_outbox_lag_seconds',
        help: 'Age of the oldest event that was not handed on yet',
        registers,
        async collect() {
          this.set(await lagSeconds())
        },
      })
    },
    observeGauges(help, read) {
      const readOnce = once(read)
      for (const name in help) {
        new Gauge({
          name,
          help: help[name],
          registers,
          async collect() {
            this.set((await readOnce())[name] ?? Number.NaN)
          },
        })
      }
    },
    observeSeries(help, labels, read) {
      const readOnce = once(read)
      for (const name in help) {
        new Gauge({
          ...{ name, help: help[name], registers, labelNames: [...labels] },
          async collect() {
            const rows = await readOnce()
            this.reset()
            for (const row of rows) this.set(row.labels, row.values[name] ?? Number.NaN)
          },
        })
      }
    },
  }
}

/** Asked again while it answers, a read answers once for all. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined
  return () => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
}
