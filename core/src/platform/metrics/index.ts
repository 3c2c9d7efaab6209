/**
 * Prometheus metrics in a registry of the platform's own.
 *
 * @module
 */
export { createMetrics, type Metrics, type SeriesRow } from './metrics.ts'
