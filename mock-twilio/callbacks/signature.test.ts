import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'
import twilio from 'twilio'

import { encodeForm, sign, withBodyDigest, type FormParameter } from './signature.ts'

const demoToken = 'SKXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX'

const vectors: [token: string, url: string, parameters: FormParameter[], signature: string][] = [
  [
    demoToken,
    'http://test.com/callback_url',
    [
      ['MessageSid', 'SIDTESTING'],
      ['MessageStatus', 'delivered']
    ],
    'R/t8sPRgN+rlhwL3LEQFwLJl7Jk='
  ],
  [
    demoToken,
    'http://forwarded_host.app/webhooks/twilio/customer_profiles_compliance',
    [
      ['Status', 'in-review'],
      ['BundleSid', 'SIDTESTING']
    ],
    '3/Xbee9zCe2IfVU8N6olgb3VBXg='
  ],
  [
    demoToken,
    'http://shunkan_ido/api/v1/twilio_requests/webhook_message_updates',
    [
      ['MessageSid', 'SIDTESTING'],
      ['MessageStatus', 'delivered']
    ],
    'fSX0swfxH1zw3AxBsY8hFGSlQR4='
  ],
  [
    '12345',
    'https://mycompany.com/myapp.php?foo=1&bar=2',
    [
      ['To', '+18005551212'],
      ['From', '+14158675309'],
      ['Digits', '1234'],
      ['Caller', '+14158675309'],
      ['CallSid', 'CA1234567890ABCDE']
    ],
    'RSOYDt4T1cUTdK1PDd93/VVr8B8='
  ],
  [
    '12345',
    'https://mycompany.com/a',
    [
      ['A', '1'],
      ['E', 'ringing'],
      ['E', 'answered'],
      ['E', 'ringing']
    ],
    'aIf5XfvVHsOJRr+ulq+QJMR+eAc='
  ],
  ['12345', 'https://mycompany.com/a', [], 'x7uxsd3r/geTCt6VoR1+I7aLMf8='],
  ['12345', 'https://mycompany.com/a#rc=3', [], 'x7uxsd3r/geTCt6VoR1+I7aLMf8=']
]

test('signatures are those of the known examples', () => {
  for (const [token, url, parameters, signature] of vectors) {
    assert.equal(sign(token, url, parameters), signature, url)
  }
})

test('a document is signed by its digest in the query', () => {
  const document = '{"property": "value", "boolean": true}'

  const url = withBodyDigest('https://mycompany.com/myapp.php?foo=1&bar=2', document)

  assert.equal(
    url,
    'https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620'
  )
  assert.equal(sign('12345', url, []), 'a9nBmqA0ju/hNViExpshrM61xv4=')
  assert.ok(twilio.validateRequestWithBody('12345', sign('12345', url, []), url, document))
})

test('the official SDK accepts the signature of every GET, whose parameters are in the query', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,11}$/),
        fc.string({ unit: 'grapheme' })
      ),
      form => {
        const url = `http://127.0.0.1:3000/inbound?${encodeForm(Object.entries(form))}`

        assert.ok(twilio.validateRequest('token', sign('token', url, []), url, {}))
      }
    )
  )
})

test('the official SDK accepts every signature', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,11}$/)
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.string({ unit: 'grapheme' })),
      fc.string(),
      (form, token) => {
        const url = 'http://127.0.0.1:3000/callbacks/twilio?message=1'
        const signature = sign(token, url, Object.entries(form))

        assert.ok(twilio.validateRequest(token, signature, url, form))
      }
    )
  )
})
