import type { TestProject } from 'vitest/node'
import { startRedis } from './redis/redis.ts'
import './test-cluster.ts'

/** Starts one Redis for the tests of a project; a test that kills its Redis starts one of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis()
  project.provide('gramkitRedisUrl', redis.url)
  return () => redis.stop()
}
