import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { aMockOfStories, everything } from './testing/story.ts'
import { developmentAccountSeed } from './development-account.ts'
import { aWorld } from './testing/a-world.ts'

/*
 * Every field that a world and its parts have, by whether a snapshot carries it. Who adds one says here what
 * becomes of it, and saves it if it is state.
 */

interface Fields {
  file: string
  saved: string[]
  /** Made again from what is saved, or given by the process; or gone with what is in flight. */
  notState: string[]
}

const classes: Record<string, Fields> = {
  World: {
    file: 'world.ts',
    saved: [
      'name',
      'seed',
      'origin',
      'ownerSid',
      'authToken',
      'dateCreated',
      'carrier',
      'ids',
      'callbackIds',
      'requestIds',
      'alertIds',
      'journal',
      'faults',
      'agenda',
      'messages',
      'calls',
      'conferences',
      'recordings',
      'transcriptions',
      'devices',
      'optOuts',
      'compliance',
      'advancedOptOuts',
      'handsets',
      'cookieJars',
      'replyTimes',
      'numbers',
      'numbersByPhone',
      'shortCodes',
      'applications',
      'addresses',
      'callerIds',
      'services',
      'keys',
      'lineTypes',
      'lookupOverrides',
      'providerReplies',
      'alertLog',
      'keptBackCallbacks',
      'friendlyName',
      'status',
      'dateUpdated',
      'clockOffsetMs'
    ],
    notState: [
      'profile', // from origin
      'limits', // from origin
      'isThrottled', // from origin
      'concurrentRequests', // in flight
      '#clock', // of the process
      '#callbackResults', // in flight
      '#isOver' // of this object
    ]
  },
  Ids: { file: 'ids.ts', saved: ['#random'], notState: [] },
  MessageLog: {
    file: 'message-log.ts',
    saved: ['#all', '#seq', '#done'],
    notState: ['#retention', '#bySid', '#byTo', '#byFrom', '#dropped']
  },
  CallLog: {
    file: 'voice/call-log.ts',
    saved: ['#bySid', '#seq'],
    notState: ['#retention', '#byParty']
  },
  RecordLog: {
    file: 'record-log.ts',
    saved: ['#bySid', '#seq'],
    notState: ['#retention', '#isOver', '#open']
  },
  OptOuts: { file: 'carrier/opt-outs.ts', saved: ['#blocks'], notState: [] },
  Handsets: {
    file: 'carrier/handsets.ts',
    saved: ['byNumber', 'lives'],
    notState: ['#randomFor', '#alsoAnswers']
  },
  Agenda: {
    file: '../simulator/agenda.ts',
    saved: ['#pending'],
    notState: ['#clock', '#carryOut']
  },
  Journal: {
    file: '../simulator/journal.ts',
    saved: ['#entries', '#seq', '#droppedDigest', '#isDigested'],
    notState: [
      'world',
      '#clock',
      '#retention',
      '#digestsDropped',
      '#waiters', // in flight
      '#hash', // computed again
      '#hashedSeq',
      '#listener'
    ]
  },
  FaultRules: {
    file: '../simulator/faults.ts',
    saved: ['#rules', '#added', '#explanations'],
    notState: ['#seed', '#now', '#inVain']
  },
  Alerts: {
    file: '../simulator/alerts.ts',
    saved: ['#alerts', '#seq'],
    notState: ['#now', '#most']
  }
}

for (const [name, { file, saved, notState }] of Object.entries(classes)) {
  test(`every field of ${name} is in a snapshot, or is known not to be state`, () => {
    assert.deepEqual(fieldsIn(name, file).toSorted(), [...saved, ...notState].toSorted())
  })
}

test('every field of a world that is state is a part of what is saved', () => {
  const { world } = aWorld()
  const { saved = [], notState = [] } = classes['World'] ?? {}

  const parts = Object.keys(world.save())

  assert.deepEqual(
    parts.toSorted(),
    [...saved, 'now'].toSorted(),
    'now says what its times count from'
  )
  const all = [...saved, ...notState].filter(field => !field.startsWith('#'))
  assert.deepEqual(Object.keys(world).toSorted(), all.toSorted())
})

test('with something in every part, what is taken up is what was saved', async t => {
  const origin = {
    ...developmentAccountSeed('http://app/inbound'),
    profile: 'realistic' as const,
    event_sink_url: 'http://app/events',
    line_types: [{ phone_number: '+16015550177', type: 'landline' as const }],
    sender_rates: [{ sender: '+16015550100', segments_per_second: 0.01 }]
  }
  const [service] = origin.messaging_services ?? []
  const mock = await aMockOfStories({
    ...origin,
    short_codes: [{ short_code: '55512' }],
    numbers: [...(origin.numbers ?? []), { phone_number: '+18005550134' }],
    messaging_services: [{ ...service, advanced_opt_out: { replies: { STOP: 'Gone.' } } }],
    campaigns: [{ service_sid: `MG${'1'.padStart(32, '0')}`, daily_segments: 1000 }]
  })
  t.after(() => mock.close())
  for (const { take } of everything()) await take(mock)
  const cookie = { name: 'a', value: 'b', host: 'app', path: '/', isSecure: false, expiresAt: null }
  mock.world().cookieJars.set('+1 +2', { cookies: [cookie], usedAt: mock.world().now() })

  const saved = mock.world().save()
  const text = JSON.stringify(saved)

  for (const [path, part] of partsOf(saved)) assert.ok(part > 0, `${path} has nothing in it`)
  mock.store.restore(JSON.parse(text))
  assert.deepEqual(JSON.parse(JSON.stringify(mock.world().save())), JSON.parse(text))
  assert.notEqual(mock.world().messages.find('x'), null)
  mock.store.restore(saved)
  mock.world().handsets.change('+16625550124', { line: 'landline' })
  assert.equal(JSON.stringify(saved), text, 'what was saved is a copy, and so is what was taken up')
})

/** How much there is in each list of a saved world, two storeys deep. */
function partsOf(value: object, path = ''): [path: string, size: number][] {
  return Object.entries(value).flatMap(([name, part]): [string, number][] => {
    if (Array.isArray(part)) return [[`${path}/${name}`, part.length]]
    const isBranch = typeof part === 'object' && part !== null && name !== 'origin'
    return isBranch ? partsOf(part, `${path}/${name}`) : []
  })
}

/** As they are declared, the private ones too, which no object shows. */
function fieldsIn(name: string, file: string): string[] {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const [, rest = ''] = source.split(new RegExp(`^export class ${name}\\b.*\\{$`, 'm'))
  const [body = ''] = rest.split(/^\}$/m)
  return Array.from(body.matchAll(/^ {2}(?:readonly )?(#?\w+)(?:\??:| =)/gm), ([, field]) =>
    String(field)
  )
}
