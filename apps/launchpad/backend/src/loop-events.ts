import { CORE_EVENTS } from '@gramkit/core'

/** Features whose events are the loop from joining to the next batch. */
const LOOP = ['waitlist', 'batch', 'invitation', 'referral', 'reward', 'gate', 'alert', 'setting']

/** What the launchpad tells a server of one's own, where there is one. */
export const LOOP_EVENTS = CORE_EVENTS.filter(({ name }) => LOOP.includes(name.split('.')[0] ?? ''))
