import { describe, expect, test } from 'vitest'
import { isPublicAddress, lookUpPublic, NOT_PUBLIC } from './public-address.ts'

test.each(['1.1.1.1', '93.184.215.14', '100.63.255.255', '172.32.0.1', '2606:4700::1111'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd00:ec2::254',
  ],
  ...['fe80::1', 'fec0::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '2001::1', 'localhost', ''],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

describe('looking up', () => {
  const codeOf = (all: boolean) =>
    new Promise((resolve) =>
      lookUpPublic('localhost', { all }, (error) => resolve(error && Reflect.get(error, 'code'))),
    )

  test('refuses a name that leads into this machine', async () => {
    expect(await codeOf(true)).toBe(NOT_PUBLIC)
    expect(await codeOf(false)).toBe(NOT_PUBLIC)
  })
})
