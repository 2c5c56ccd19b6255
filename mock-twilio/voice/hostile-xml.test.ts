import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { readDocument } from './twiml-document.ts'

const seed = Number(process.env['TEST_SEED'] ?? 601_555)

function codeOf(xml: string): number | undefined {
  const read = readDocument('text/xml', xml, 'http://app/voice')
  return 'code' in read ? read.code : undefined
}

const bomb = `<?xml version="1.0"?>
<!DOCTYPE Response [
  <!ENTITY a "${'ha'.repeat(50)}">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
  <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
]>
<Response><Say>&d;</Say></Response>`

const hostile: [what: string, code: number, xml: string][] = [
  ['entities that grow', 12100, bomb],
  [
    'an entity that reads a file',
    12100,
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Say>&x;</Say></Response>'
  ],
  ['five megabytes', 11750, `<Response><Say>${'a'.repeat(5 * 1024 * 1024)}</Say></Response>`],
  ['a thousand Gathers in each other', 12100, nested('Gather', 1000)],
  ['nine thousand elements in each other', 12100, nested('a', 9000)],
  ['elements that are never closed', 12100, `<Response>${'<Say>'.repeat(9000)}`],
  ['an entity that is not defined', 12100, '<Response><Say>&nbsp;</Say></Response>'],
  ['a null byte', 12100, '<Response><Say>\u0000</Say></Response>'],
  ['a null byte as a number', 12100, '<Response><Say>&#0;</Say></Response>'],
  ['a number beyond all characters', 12100, '<Response><Say>&#9999999;</Say></Response>'],
  ['half a character', 12100, '<Response><Say>\ud83d</Say></Response>'],
  ['two roots', 12100, '<Response/><Response/>'],
  ['text before the root', 12100, 'Hello <Response/>'],
  ['an attribute twice', 12100, '<Response><Say loop="1" loop="2">Hi</Say></Response>'],
  ['an attribute without quotes', 12100, '<Response><Say loop=1>Hi</Say></Response>'],
  ['a comment that does not end', 12100, '<Response><!-- </Response>'],
  ['CDATA that does not end', 12100, '<Response><Say><![CDATA[ </Say></Response>'],
  ['closing tags in the wrong order', 12100, '<Response><Gather><Say>Hi</Gather></Say></Response>'],
  ['another root', 12102, '<html><body>502 Bad Gateway</body></html>']
]

for (const [what, code, xml] of hostile) {
  test(`${what}: refused with ${code}, at once and without taking memory`, () => {
    const before = process.memoryUsage().heapUsed
    const begun = performance.now()

    assert.equal(codeOf(xml), code)

    assert.ok(performance.now() - begun < 500, `${Math.round(performance.now() - begun)} ms`)
    assert.ok(process.memoryUsage().heapUsed - before < 64 * 1024 * 1024)
  })
}

test('a document full of verbs that take no time is gone through without growing the stack', () => {
  const read = readDocument(
    'text/xml',
    `<Response>${'<Reject/>'.repeat(7000)}</Response>`,
    'http://app/voice'
  )

  assert.equal('verbs' in read ? read.verbs.length : 0, 7000)
})

test('names that JavaScript knows are names like others', () => {
  const read = readDocument(
    'text/xml',
    '<Response><constructor/><Say __proto__="x" constructor="y">Hi</Say><Dial><Conference __proto__="x">a</Conference></Dial></Response>',
    'http://app/voice'
  )

  assert.ok('verbs' in read || read.code === 12100)
})

test('whatever is answered, it is a document or a problem with a code, within a moment', () => {
  const piece = fc.oneof(
    fc.constantFrom('<Response>', '</Response>', '<Say>', '</Say>', '<Dial', '>', '/>', '"', '&'),
    fc.constantFrom('<!--', '-->', '<![CDATA[', ']]>', '<?xml', '?>', '<!DOCTYPE', ' loop="', '='),
    fc.constantFrom('<Gather numDigits="1">', '</Gather>', '<Number>', '+1', '<Record ', '\u0000'),
    fc.string({ maxLength: 10 })
  )
  const types = fc.constantFrom('text/xml', 'text/plain', 'audio/wav', '', 'text/xml; charset=x')

  fc.assert(
    fc.property(types, fc.array(piece, { maxLength: 40 }), (type, pieces) => {
      const begun = performance.now()
      const read = readDocument(type, pieces.join(''), 'http://app/voice')
      assert.ok('verbs' in read || (read.code >= 11000 && read.code < 15000))
      assert.ok(performance.now() - begun < 500)
    }),
    { seed, numRuns: 1000 }
  )
})

function nested(name: string, times: number): string {
  return `<Response>${`<${name}>`.repeat(times)}${`</${name}>`.repeat(times)}</Response>`
}
