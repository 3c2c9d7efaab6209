import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe } from 'vitest'
import { databaseContract } from '../../testing/contracts/database.contract.ts'
import { openNodePostgres } from './node-postgres.ts'

const database = await testDatabase()
afterAll(() => database.drop())

describe('node-postgres', () => databaseContract({ open: openNodePostgres, database }))
