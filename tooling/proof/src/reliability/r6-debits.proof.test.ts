import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlatform } from '@gramkit/core'
import { newId } from '@gramkit/core/kernel'
import { aPersonWithCredits } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { proof } from '../harness/proof.ts'

const PROGRAM = fileURLToPath(new URL('../harness/debits-program.ts', import.meta.url))
const codesShape = z.array(z.string())

proof('R6 of parallel debits exactly as many pass as the balance covers', async (proof) => {
  const { processes, debits, balance } = proof.isFull
    ? { processes: 4, debits: 1_000, balance: 500 }
    : { processes: 2, debits: 100, balance: 50 }
  await using database = await testDatabase()
  await using platform = await createPlatform({ databaseUrl: database.appUrl })
  const { services } = platform
  const { id: userId } = await aPersonWithCredits(services, BigInt(balance))
  const outputs = await Promise.all(
    Array.from({ length: processes }, () =>
      promisify(execFile)(
        process.execPath,
        ['-C', 'gramkit-source', PROGRAM, database.appUrl, userId, String(debits / processes)],
        { env: { ...process.env, NODE_OPTIONS: '' } },
      ),
    ),
  )
  const codes = outputs.flatMap(({ stdout }) => codesShape.parse(JSON.parse(stdout)))
  const counted = Object.groupBy(codes, (code) => code)
  expect(
    Object.fromEntries(Object.entries(counted).map(([code, all]) => [code, all?.length])),
  ).toEqual({ posted: balance, 'balance.insufficient_funds': debits - balance })
  expect(await services.balance.get(userId, 'credits')).toBe(0n)
  expect(await services.balance.verify()).toMatchObject({ ok: true, transfers: balance + 1 })
  const late = { userId, unit: 'credits', reason: 'proof.spent', reference: 'proof', id: newId() }
  await expect(services.balance.debit({ ...late, amount: 1n })).rejects.toMatchObject({
    code: 'balance.insufficient_funds',
  })
  proof.report({ processes, debits, posted: balance, refused: debits - balance })
})
