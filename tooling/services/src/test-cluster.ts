/** What the set-up of a test run tells the test files about its PostgreSQL. */
export interface TestCluster {
  /** Major version of the server. */
  readonly version: number
  /** Name of the migrated database that test files clone. */
  readonly template: string
  /** The superuser on the database `postgres`. */
  readonly adminUrl: string
  /** `gramkit_owner` on the template. */
  readonly ownerUrl: string
  /** `gramkit_app_login` on the template. */
  readonly appUrl: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly gramkitCluster: TestCluster
    readonly gramkitRedisUrl: string
  }
}
