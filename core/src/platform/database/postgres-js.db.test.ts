import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe } from 'vitest'
import { databaseContract } from '../../testing/contracts/database.contract.ts'
import { openPostgresJs } from './postgres-js.ts'

const database = await testDatabase()
afterAll(() => database.drop())

describe('postgres.js', () => databaseContract({ open: openPostgresJs, database }))
