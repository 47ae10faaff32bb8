import { expect, test } from 'vitest'

import { connect, saved } from './3-connections'
import { simulator, texts } from './browser'
import { asOwner } from './owner'

const { f, baseUrl } = texts.connections

type Field = [label: string, value: string]

/** What a person types for every other provider, and what stands under "advanced" only because the simulator is no real one. */
const others: [provider: Parameters<typeof connect>[1], fields: Field[], path?: string][] = [
  [
    'messenger',
    [
      [f.page_id, '100000000000001'],
      [f.access_token, 'sim-page-token'],
      [f.app_secret, 'demo-facebook-app-secret'],
      [f.verify_token, 'demo-verify-token'],
    ],
    '/facebook',
  ],
  [
    'etelecom',
    [
      [f.oa_id, '2000000000000000001'],
      [f.api_key, '1:sim-etelecom-key'],
    ],
    '/etelecom/v1/shop',
  ],
  [
    'speedsms',
    [
      [f.sender, 'LOASHOP'],
      [f.api_key, 'sim-speedsms-token'],
    ],
    '/speedsms/index.php',
  ],
  [
    'stringee',
    [
      [f.caller, '842471000000'],
      [f.keySID, 'SK.sim-stringee'],
      [f.keySecret, 'sim-stringee-key-secret'],
      [f.signingSecret, 'sim-stringee-signing-secret'],
      [f.price_per_call, '500'],
    ],
    '/stringee',
  ],
  ['getresponse', [[f.api_key, 'sim-getresponse-key']], '/getresponse/v3'],
  [
    'getfly',
    [
      [baseUrl, `${simulator}/getfly`],
      [f.api_key, 'sim-getfly-key'],
    ],
  ],
  ['http', [[baseUrl, `${simulator}/`]]],
]

test('every other provider is connected through its form, and answers its test', async () => {
  const visitor = await asOwner()
  for (const [provider, fields, path] of others) {
    await connect(visitor, provider, fields, path === undefined ? [] : [[baseUrl, simulator + path]])
    await saved(visitor)
  }
  await visitor.picture('98-connection-http')
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
