import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { isRecord, type Json } from '../json.ts'
import { latestRelease } from '../checks/evolution.ts'
import { breakingChanges } from './breaking-changes.ts'

const release = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')

/** The document after a change to one place in it. */
function changed(path: readonly string[], change: (place: Json) => void): unknown {
  const document: unknown = JSON.parse(release)
  const place = path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), document)
  assert.ok(isRecord(place), `there is no ${path.join(' ')}`)
  change(place)
  return document
}

const found = (later: unknown): string[] =>
  breakingChanges(JSON.parse(release), later).map(
    ({ subject, message }) => `${subject}: ${message}`
  )

const message = ['components', 'schemas', 'CreateMessage', 'properties', 'message']
const post = ['paths', '/api/v1/messages', 'post']

const breaking: [string, readonly string[], (place: Json) => void, RegExp][] = [
  [
    'an operation that is gone',
    ['paths', '/api/v1/messages'],
    place => delete place['get'],
    /^get_messages: GET .* is gone/
  ],
  [
    'a path that is gone',
    ['paths'],
    place => delete place['/api/v1/bearer'],
    /^patch_bearer: .* is gone/
  ],
  [
    'a success that is no more',
    [...post, 'responses'],
    place => delete place['201'],
    /^post_messages: it answers no 201/
  ],
  [
    'another media type of answers',
    [...post, 'responses', '201', 'content'],
    place => {
      place['text/xml'] = place['application/json']
      delete place['application/json']
    },
    /its 201 is no application\/json/
  ],
  [
    'a media type that is not taken',
    ['paths', '/api/v1/announcements', 'post', 'requestBody', 'content'],
    place => delete place['application/x-ndjson'],
    /takes no application\/x-ndjson/
  ],
  [
    'a field that must be given now',
    message,
    place => {
      place['required'] = ['sender_number', 'receiver_number', 'message_body']
    },
    /message_body is required now/
  ],
  [
    'a field that is not taken',
    [...message, 'properties'],
    place => delete place['priority'],
    /priority is not taken/
  ],
  [
    'a shorter bound',
    [...message, 'properties', 'global_id'],
    place => {
      place['maxLength'] = 100
    },
    /global_id: maxLength is 100/
  ],
  [
    'a bound where there was none',
    [...message, 'properties', 'message_body'],
    place => {
      place['maxLength'] = 160
    },
    /message_body: maxLength is 160/
  ],
  [
    'a pattern where there was none',
    [...message, 'properties', 'sender_number'],
    place => {
      place['pattern'] = '^\\+'
    },
    /sender_number: pattern/
  ],
  [
    'a word that is not taken',
    [...message, 'properties', 'priority'],
    place => {
      place['enum'] = ['normal']
    },
    /priority takes high no longer/
  ],
  [
    'another type of a field',
    [...message, 'properties', 'send_at'],
    place => {
      place['type'] = 'integer'
    },
    /send_at takes no string/
  ],
  [
    'a smaller page',
    ['paths', '/api/v1/admin/webhooks', 'get'],
    place => {
      for (const each of Array.isArray(place['parameters']) ? place['parameters'] : [])
        if (each.name === 'limit') each.schema.maximum = 100
    },
    /limit: maximum is 100/
  ],
  [
    'a parameter that is gone',
    ['paths', '/api/v1/admin/webhooks', 'get'],
    place => {
      place['parameters'] = []
    },
    /the parameter status is gone/
  ],
  [
    'a parameter that must be given',
    ['paths', '/api/v1/bearer', 'get'],
    place => {
      place['parameters'] = [
        { in: 'query', name: 'scope', required: true, schema: { type: 'string' } }
      ]
    },
    /scope is new and required/
  ],
  [
    'a key that is not honoured',
    post,
    place => {
      place['parameters'] = []
    },
    /takes no Idempotency-Key/
  ],
  [
    'a token where none was asked for',
    ['paths', '/api/v1/status', 'get'],
    place => delete place['security'],
    /asks for a token/
  ],
  [
    'a field that is not shown',
    ['components', 'schemas', 'Message', 'properties'],
    place => delete place['num_segments'],
    /num_segments is not shown/
  ],
  [
    'a field that may be absent',
    ['components', 'schemas', 'Bearer'],
    place => {
      place['required'] = ['id']
    },
    /bearer_type may be absent/
  ],
  [
    'a field that may be null',
    ['components', 'schemas', 'Message', 'properties', 'message_body'],
    place => {
      place['type'] = ['string', 'null']
    },
    /message_body may be null now/
  ],
  [
    'a time that is none',
    ['components', 'schemas', 'Message', 'properties', 'created_at'],
    place => delete place['format'],
    /created_at is no date-time/
  ],
  [
    'a list of other things',
    ['components', 'schemas', 'Message', 'properties', 'media_urls'],
    place => {
      place['items'] = { type: 'object' }
    },
    /media_urls\[\] may be object/
  ],
  [
    'an event that is gone',
    ['webhooks'],
    place => delete place['messages.message.opt_out'],
    /^messages.message.opt_out: the event is gone/
  ],
  [
    'a field that an event does not hold',
    ['components', 'schemas', 'MessageOptOutEvent', 'properties'],
    place => delete place['keyword'],
    /^messages.message.opt_out: payload.keyword is not shown/
  ],
  [
    'a field of an event that changed its type',
    ['components', 'schemas', 'MessageStatusUpdateEvent', 'properties', 'id'],
    place => {
      place['type'] = 'string'
    },
    /^messages.message.status_update: payload.id may be string/
  ]
]

const compatible: [string, readonly string[], (place: Json) => void][] = [
  [
    'a new operation',
    ['paths'],
    place => {
      place['/api/v1/news'] = { get: { operationId: 'news', responses: {} } }
    }
  ],
  [
    'a new field of an answer',
    ['components', 'schemas', 'Message', 'properties'],
    place => {
      place['carrier'] = { type: 'string' }
    }
  ],
  [
    'a new field that may be given',
    [...message, 'properties'],
    place => {
      place['note'] = { type: 'string' }
    }
  ],
  [
    'a longer bound',
    [...message, 'properties', 'global_id'],
    place => {
      place['maxLength'] = 1_000
    }
  ],
  [
    'another word that is taken',
    [...message, 'properties', 'priority'],
    place => {
      place['enum'] = ['normal', 'high', 'low']
    }
  ],
  [
    'a field that need not be given any more',
    message,
    place => {
      place['required'] = ['receiver_number']
    }
  ],
  [
    'null where a text was taken',
    [...message, 'properties', 'send_at'],
    place => {
      place['type'] = ['string', 'null']
    }
  ],
  [
    'a new event',
    ['webhooks'],
    place => {
      place['news'] = { post: {} }
    }
  ],
  [
    'other words of description',
    post,
    place => {
      place['description'] = 'Another sentence.'
    }
  ]
]

describe('a breaking change is found:', () => {
  for (const [what, path, change, expected] of breaking)
    test(what, () => {
      assert.ok(
        found(changed(path, change)).some(line => expected.test(line)),
        found(changed(path, change)).join('\n') || 'nothing was found'
      )
    })
})

describe('a client survives:', () => {
  for (const [what, path, change] of compatible)
    test(what, () => {
      assert.deepEqual(found(changed(path, change)), [])
    })
})

test('clients of the last release survive the document as it is now', () => {
  const last = latestRelease()

  assert.ok(last)
  assert.deepEqual(breakingChanges(last.document, JSON.parse(release)), [])
})
