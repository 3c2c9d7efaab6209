import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlatform } from '@gramkit/core'
import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { expect } from 'vitest'
import { z } from 'zod'
import { proof } from '../harness/proof.ts'

const PROGRAM = fileURLToPath(new URL('../harness/uses-program.ts', import.meta.url))
const codesShape = z.array(z.string())

proof('R6 of parallel uses of one code exactly as many pass as its limit', async (proof) => {
  const { processes, uses, usageLimit } = proof.isFull
    ? { processes: 4, uses: 1_000, usageLimit: 100 }
    : { processes: 2, uses: 100, usageLimit: 10 }
  await using database = await testDatabase()
  await using platform = await createPlatform({ databaseUrl: database.appUrl })
  const { invites } = platform.services
  const { id, code } = await invites.create({ createdBy: 'ada', usageLimit })
  const each = uses / processes
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      promisify(execFile)(
        process.execPath,
        [
          ...['-C', 'gramkit-source', PROGRAM, database.appUrl],
          ...[code, String(index * each), String(each)],
        ],
        { env: { ...process.env, NODE_OPTIONS: '' } },
      ),
    ),
  )
  const codes = outputs.flatMap(({ stdout }) => codesShape.parse(JSON.parse(stdout)))
  const counted = Object.groupBy(codes, (result) => result)
  expect(
    Object.fromEntries(Object.entries(counted).map(([result, all]) => [result, all?.length])),
  ).toEqual({ used: usageLimit, 'invites.not_active': uses - usageLimit })
  expect(await invites.getById(id)).toMatchObject({ status: 'used', useCount: usageLimit })

  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const { rows } = await admin.query(
    `select (select count(*)::int from gramkit.invitation_use where invitation_id = $1) as rows,
            (select count(distinct used_by)::int from gramkit.invitation_use
             where invitation_id = $1) as people,
            (select count(*)::int from gramkit.outbox_event
             where subject_id = $1::text and name = 'invitation.used') as told,
            (select count(*)::int from gramkit.outbox_event
             where subject_id = $1::text and name = 'invitation.limit_reached') as ends`,
    [id],
  )
  await admin.end()
  expect(rows).toEqual([{ rows: usageLimit, people: usageLimit, told: usageLimit, ends: 1 }])
  proof.report({ processes, uses, used: usageLimit, refused: uses - usageLimit })
})
