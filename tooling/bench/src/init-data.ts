/**
 * P13: proving init data and reading who is in it, beside `@tma.js/init-data-node`.
 *
 * @module
 */
import { verifyInitData } from '@gramkit/core/users'
import { parse, sign, validate } from '@tma.js/init-data-node'
import { alternate, medianOf, nanoseconds, type Report } from './measure.ts'

const CALLS = 20_000
const MAX_AGE_SECONDS = 86_400
const BOT_TOKEN = '700000003:AAtest-token-of-the-benchmark-only'
const USER = {
  id: 279_058_397,
  first_name: 'Анна',
  last_name: 'Smith',
  username: 'anna',
  language_code: 'ru',
  allows_write_to_pm: true,
  photo_url: 'https://t.me/i/userpic/320/a.svg',
}

/** Runs the comparison. */
export async function measureInitData(): Promise<Report> {
  const now = new Date()
  const data = { query_id: 'AAHdF6IQAAAAAN0XohDhrOrc', start_param: 'ref_7', user: USER }
  // With the field that Telegram signs over since 2024; the peer's parser insists on it.
  const initData = sign({ ...data, signature: 'c2lnbmF0dXJl' }, BOT_TOKEN, now)
  const verify = () =>
    verifyInitData(initData, { botToken: BOT_TOKEN, now, maxAgeSeconds: MAX_AGE_SECONDS })
  const validateAndParse = () => {
    validate(initData, BOT_TOKEN, { expiresIn: MAX_AGE_SECONDS })
    return parse(initData)
  }
  if (Number(verify().user.id) !== validateAndParse().user?.id) {
    throw new Error('Both sides read the same person')
  }
  const figures = await alternate('ns', [
    { name: 'verifyInitData', measure: () => nanoseconds(CALLS, verify) },
    {
      name: 'tma.js, validate and parse',
      measure: () => nanoseconds(CALLS, validateAndParse),
    },
    {
      name: 'tma.js, validate alone',
      measure: () =>
        nanoseconds(CALLS, () => {
          validate(initData, BOT_TOKEN, { expiresIn: MAX_AGE_SECONDS })
          return initData
        }),
    },
  ])
  const against = (what: string, name: string) =>
    ({
      what,
      value: medianOf(figures, name) / medianOf(figures, 'verifyInitData'),
      goal: 2,
      direction: 'at least',
    }) as const
  return {
    figures,
    comparisons: [
      against('tma.js, the same work / verifyInitData', 'tma.js, validate and parse'),
      against('tma.js without reading anybody / verifyInitData', 'tma.js, validate alone'),
    ],
  }
}
