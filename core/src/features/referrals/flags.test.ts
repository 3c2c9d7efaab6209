import { expect, test } from 'vitest'
import { flagsOf, type Signals } from './flags.ts'

const quiet: Signals = {
  email: 'grace@example.org',
  networkHash: 'a',
  inviterNetworkHash: 'b',
  cameWithinHour: 1,
  othersOfNetwork: 0,
}

test.each<[string, Partial<Signals>, string[]]>([
  ['nothing odd', {}, []],
  ['an identity without an address and a network', { email: null, networkHash: null }, []],
  ['throw-away mail', { email: 'a@mailinator.com' }, ['disposable_mail']],
  ['a tag after a plus', { email: 'grace+2@example.org' }, ['plus_address']],
  ['nine within an hour', { cameWithinHour: 9 }, []],
  ['ten within an hour', { cameWithinHour: 10 }, ['burst']],
  ['the network of the inviter', { inviterNetworkHash: 'a' }, ['shared_network']],
  ['two others of the network', { othersOfNetwork: 2 }, []],
  ['three others of the network', { othersOfNetwork: 3 }, ['shared_network']],
  ['two unknown networks', { networkHash: null, inviterNetworkHash: null }, []],
  [
    'everything at once',
    { email: 'a+1@mailinator.com', cameWithinHour: 99, othersOfNetwork: 98 },
    ['disposable_mail', 'plus_address', 'burst', 'shared_network'],
  ],
])('%s raises its flags', (_what, signals, flags) => {
  expect(flagsOf({ ...quiet, ...signals })).toEqual(flags)
})
