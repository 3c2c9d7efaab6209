// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of sources.
import { CORE, type MoneyKey, RULES, TABLES } from './money-key.ts'

const QUALITY = `${CORE}/features/quality`

const tests = [`${QUALITY}/quality.db.test.ts`]
const alerts = [`${QUALITY}/alerts/alerts.db.test.ts`]
const webhooks = [`${CORE}/platform/webhooks/webhooks-out.db.test.ts`]

/** What the growth gate decides, whom it calls, and what is told outside. */
export const QUALITY_KEYS: readonly MoneyKey[] = [
  {
    name: 'quality gate: one evaluates at a time',
    guards: 'the gate is changed once and somebody called once',
    edits: [
      {
        file: `${QUALITY}/quality.repository.ts`,
        find: "select pg_advisory_xact_lock(hashtext('gramkit.quality'))",
        replace: 'select 1',
      },
    ],
    tests,
  },
  {
    name: 'quality gate: an override ends',
    guards: 'nobody sets the gate by hand for ever',
    edits: [
      {
        file: `${QUALITY}/gate-change.ts`,
        find: ' || until <= now) return null',
        replace: ') return null',
      },
    ],
    tests,
  },
  {
    name: 'quality gate: a closed one issues nothing',
    guards: 'no invitation goes out while the growth is bad',
    edits: [
      {
        file: `${QUALITY}/quality.service.ts`,
        find: 'if (!gate.isIssuingAllowed) throw new GateClosed(gate)',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'quality gate: stays closed between the bounds',
    guards: 'the gate does not flap',
    edits: [
      {
        file: `${QUALITY}/gate.ts`,
        find: "return was === 'closed'",
        replace: "return was === 'slowed'",
      },
    ],
    tests,
  },
  {
    name: 'quality gate: a figure of too few people',
    guards: 'some people alone do not close the gate',
    edits: [{ file: `${QUALITY}/metrics.ts`, find: 'sample < sampleMin', replace: 'sample < 0' }],
    tests,
  },
  {
    name: 'quality snapshot: a rate is 0 to 1',
    guards: 'no NaN counts as a rate',
    edits: [
      {
        file: TABLES,
        find: 'CONSTRAINT "quality_snapshot_rates_check" CHECK (',
        replace: 'CONSTRAINT "quality_snapshot_rates_check" CHECK (true or ',
      },
    ],
    tests,
  },
  {
    name: 'quality metrics: what an admin gives is a number from 0 to 1',
    guards: 'no NaN opens the gate',
    edits: [
      {
        file: `${QUALITY}/metrics.ts`,
        find: "typeof value !== 'number' || !(value >= 0 && value <= 1)",
        replace: "typeof value !== 'number' || value < 0",
      },
    ],
    tests,
  },
  {
    name: 'quality measuring: once an hour',
    guards: 'several processes count once',
    edits: [
      {
        file: `${QUALITY}/snapshots.service.ts`,
        find: 'if (!(await isDue(tx))) return 0',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'quality alert: open once for each metric',
    guards: 'somebody is called once for one thing',
    edits: [
      {
        file: `${QUALITY}/alerts/alerts.service.ts`,
        find: '!open.some((alert) => isAbout(alert, finding))',
        replace: 'open.length >= 0',
      },
      {
        file: TABLES,
        find: 'CREATE UNIQUE INDEX "quality_alert_open_key"',
        replace: 'CREATE INDEX "quality_alert_open_key"',
      },
    ],
    tests: alerts,
  },
  {
    name: 'quality alert: acknowledged once',
    guards: 'who looked first stays written down',
    edits: [
      {
        file: `${QUALITY}/alerts/alerts.repository.ts`,
        find: '          isNull(qualityAlert.acknowledgedAt),\n',
        replace: '',
      },
    ],
    tests: alerts,
  },
  {
    name: 'quality alert: whom it is told',
    guards: 'only who runs the app hears how it does',
    edits: [
      {
        file: `${CORE}/features/users/users.repository.ts`,
        find: "inArray(userAccount.role, ['admin', 'owner'])",
        replace: "inArray(userAccount.role, ['user', 'admin', 'owner'])",
      },
    ],
    tests: alerts,
  },
  {
    name: 'quality gate change: append-only',
    guards: 'nobody changes what the gate was',
    edits: [
      {
        file: RULES,
        find: 'REVOKE UPDATE, DELETE ON gramkit.quality_snapshot, gramkit.quality_gate_change FROM gramkit_app;',
        replace: 'SELECT 1;',
      },
      {
        file: RULES,
        find: 'CREATE TRIGGER quality_gate_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE',
        replace: 'CREATE TRIGGER quality_gate_change_append_only BEFORE TRUNCATE',
      },
    ],
    tests,
  },
  {
    name: 'quality fraud: what was clawed back',
    guards: 'made-up sign-ups close the gate',
    edits: [
      {
        file: `${CORE}/growth.repository.ts`,
        find: " or referral.status = 'clawed_back')::integer as some",
        replace: ')::integer as some',
      },
    ],
    tests: [`${CORE}/growth.db.test.ts`],
  },
  {
    name: 'webhook sequence: no gaps',
    guards: 'a receiver knows what is still on its way',
    edits: [
      {
        file: `${CORE}/platform/webhooks/webhook-sequence.repository.ts`,
        find: '${webhookSequence.last} + 1',
        replace: '${webhookSequence.last} + 2',
      },
    ],
    tests: webhooks,
  },
  {
    name: 'webhook signature',
    guards: 'nobody else can tell the receiver of an event',
    edits: [
      {
        file: `${CORE}/platform/webhooks/standard-webhook.ts`,
        find: '`${id}.${timestamp}.${body}`',
        replace: '`${id}.${body}`',
      },
    ],
    tests: webhooks,
  },
  {
    name: 'webhook: not taken comes again',
    guards: 'no event is lost by a receiver that was away',
    edits: [
      {
        file: `${CORE}/platform/webhooks/webhooks-out.ts`,
        find: 'status < 200 || status > 299',
        replace: 'status < 200',
      },
    ],
    tests: webhooks,
  },
]
