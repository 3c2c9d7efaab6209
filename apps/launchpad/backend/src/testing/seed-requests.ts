import type { Sandbox } from '@gramkit/sandbox'
import { newestMail } from '@gramkit/sandbox/testing'
import { expect } from 'vitest'
import { adminOf, clientOf } from './clients.ts'

/** The requests that the documents of the first version show, with live codes filled in. */
export async function expectDocumentedAnswers(at: {
  readonly url: string
  readonly sandbox: Pick<Sandbox, 'control'>
}): Promise<void> {
  const anybody = clientOf(at)
  const admin = adminOf(at)
  const email = 'user@example.com'

  const join = {
    ...{ email, use_case: 'I want to use VoBee for marketing automation' },
    persona: 'solo_founder',
  }
  const joined = await anybody.post('/api/waitlist/join', join)
  expect(joined).toMatchObject({
    status: 201,
    body: { status: 'success', position: 1, total_waiting: 1, estimated_wait: '1-2 days' },
  })
  const { text } = await newestMail(at.sandbox, email)
  const token = /#confirm=([\w-]+)/.exec(text)?.[1]
  expect((await anybody.post('/api/waitlist/confirm', { token })).status).toBe(200)
  expect(await anybody.get('/api/waitlist/stats')).toMatchObject({
    status: 200,
    body: { total: 1, processed_today: 0 },
  })

  // Of the figures of the sample the formula makes 1, where the document printed 0.83.
  const rates = { churn_rate: 0.12, fraud_rate: 0.02, engagement_rate: 0.75 }
  const trust = { trust_score: 1, ...rates, invites_paused: false, health_status: 'healthy' }
  expect(await anybody.post('/api/quality/metrics', rates)).toMatchObject({ status: 401 })
  expect(await admin.post('/api/quality/metrics', rates)).toMatchObject({ status: 201 })
  expect(await anybody.get('/api/quality/trust-score')).toMatchObject({ status: 200, body: trust })
  expect(await admin.post('/api/quality/evaluate-gate')).toMatchObject({
    status: 200,
    body: { invites_allowed: true, trust_score: 1, metrics: expect.anything(), alerts: [] },
  })
  expect(await anybody.get('/api/quality/alerts')).toMatchObject({ status: 401 })
  expect((await admin.get('/api/quality/alerts')).status).toBe(200)

  const batch = { batch_size: 50, batch_id: 'BATCH-20251220' }
  expect(await anybody.post('/api/invites/generate', batch)).toMatchObject({ status: 401 })
  const made = await admin.post('/api/invites/generate', batch)
  expect(made).toMatchObject({
    status: 201,
    body: { status: 'success', batch_id: 'BATCH-20251220', generated: 1 },
  })
  const [code] = made.body.codes
  expect(code).toMatch(/^VOBEE-[0-9A-Z]{12,16}$/)
  expect(await anybody.get(`/api/invites/${code}/status`)).toMatchObject({
    status: 200,
    body: { valid: true, expires_at: expect.any(String), used: false, status: 'active' },
  })
  expect(await anybody.post('/api/invites/redeem', { code, email })).toMatchObject({
    status: 200,
    body: { status: 'success', message: 'Invite code redeemed successfully', email },
  })

  const share = { inviter_email: email, recipient_email: 'friend@example.com' }
  expect(await anybody.post('/api/referrals/share', share)).toMatchObject({ status: 401 })
  expect(await admin.post('/api/referrals/share', share)).toMatchObject({
    status: 201,
    body: { status: 'success', referral_id: expect.any(String), message: expect.any(String) },
  })
  expect(await admin.post('/api/referrals/earn', { user_email: email })).toMatchObject({
    status: 200,
    body: { earned: false, codes_available: 0, message: expect.any(String) },
  })
  expect(await anybody.get(`/api/referrals/${email}/quality`)).toMatchObject({ status: 401 })
  expect(await admin.get(`/api/referrals/${email}/quality`)).toMatchObject({
    status: 200,
    body: { referred_count: expect.any(Number), quality_score: 0, rewards: [] },
  })
}
