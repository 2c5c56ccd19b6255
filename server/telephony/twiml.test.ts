import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import * as fc from 'fast-check'
import { menuTwiml, messageTwiml, speechTwiml } from './twiml.ts'

test('a call is read the message and asked for a key', () => {
  const twiml = menuTwiml([{ say: 'Closed <today>', voice: 'alice', language: null }], {
    action: 'https://example.com/voice?a=1&b=2',
    timeoutSeconds: 6
  })

  assert.equal(
    twiml,
    '<?xml version="1.0" encoding="UTF-8"?><Response>' +
      '<Gather numDigits="1" timeout="6" action="https://example.com/voice?a=1&amp;b=2" method="POST" finishOnKey="">' +
      '<Say voice="alice">Closed &lt;today&gt;</Say></Gather></Response>'
  )
})

test('a recording is played from its address', () => {
  assert.match(
    speechTwiml([{ play: 'https://example.com/a.mp3?x&y' }]),
    /<Response><Play>https:\/\/example\.com\/a\.mp3\?x&amp;y<\/Play><\/Response>$/
  )
})

test('any text is well-formed XML and reads as it was written', () => {
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  const parser = new XMLParser({ parseTagValue: false, trimValues: false })
  const text = fc
    .array(fc.oneof(fc.integer({ max: 0x7f, min: 0 }), fc.integer({ max: 0x10ffff, min: 0 })))
    .map(points => String.fromCodePoint(...points).toWellFormed())

  fc.assert(
    fc.property(text, text, (words, voice) => {
      const spoken = speechTwiml([{ say: `.${words}`, voice }])
      assert.equal(XMLValidator.validate(spoken), true)
      assert.equal(XMLValidator.validate(messageTwiml(words)), true)
      // Line ends are made one by every XML parser, and control characters have no place in XML.
      const isPlain = !/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(words)
      const plain = speechTwiml([{ say: `.${words}` }])
      if (isPlain) assert.equal(parser.parse(plain).Response.Say, `.${words}`)
    }),
    { seed }
  )
})
