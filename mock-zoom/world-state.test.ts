import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { build, type Built } from './testing/build.ts'

/*
 * Every field that a world has, by whether a snapshot carries it. Who adds one says here what becomes of it, and
 * saves it if it is state.
 */

const saved = [
  'name',
  'seed',
  'origin',
  'ids',
  'webhookIds',
  'requestIds',
  'journal',
  'faults',
  'agenda',
  'alertLog',
  'sessions',
  'files',
  'subscriptions',
  'deliveries',
  'keptBack',
  'streams',
  'locations',
  'rates',
  'operationLogs',
  'counts',
  'storage',
  'clockOffsetMs'
]

const notState = [
  'settings', // from origin
  'credentials', // from origin
  'openSessions', // from sessions
  'filesBySession', // from files
  'concurrentRequests', // in flight
  '#clock', // of the process
  '#retention',
  '#post',
  '#answers', // in flight
  '#isOver' // of this object
]

test('every field of a world is in a snapshot, or is known not to be state', async t => {
  const { mock } = await build(t)
  const world = mock.world()

  assert.deepEqual(fieldsIn('World', 'world.ts').toSorted(), [...saved, ...notState].toSorted())
  assert.deepEqual(Object.keys(world.save()).toSorted(), [...saved, 'now'].toSorted())
  assert.deepEqual(fieldsIn('Ids', 'ids.ts'), ['#random'])
})

test('with something in every part, what is taken up is what was saved', async t => {
  const built = await build(t)
  await fill(built)
  const { mock } = built

  const state = mock.world().save()
  const text = JSON.stringify(state)

  for (const [name, part] of Object.entries(state)) {
    if (Array.isArray(part)) assert.ok(part.length > 0, `${name} has nothing in it`)
  }
  mock.store.restore(JSON.parse(text))
  assert.deepEqual(JSON.parse(JSON.stringify(mock.world().save())), JSON.parse(text))
  mock.store.restore(state)
  mock.world().sessions.values().next().value?.users.splice(0)
  assert.equal(JSON.stringify(state), text, 'what was saved is a copy, and so is what was taken up')
})

/** A bit of everything that a world can have. */
async function fill({ mock, call, api, control }: Built): Promise<void> {
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' }).startsRecording().shares().says('Hi')
  visit.join('Ben').disconnects()
  await mock.clock.advance('1 min')
  ana.endsForAll()
  await visit.expects('session.recording_completed')
  await api('DELETE', `/videosdk/sessions/${visit.session().id}/recordings`)
  await api('POST', '/videosdk/stream_ingestions', { stream_name: 'Choir' })
  const access = { id: 'AKIA', key: 'secret' }
  const s3 = {
    region: 'r',
    bucket: 'b',
    authentication_mechanism: 'aws_access_key',
    access_key: access
  }
  await api('POST', '/videosdk/settings/storage/location', { name: 'Ours', provider: 'aws_s3', s3 })
  await control('POST', '/_mock/faults', {
    match: { to: 'call-0002' },
    effect: { type: 'callback', fault: 'reorder' }
  })
  call('call-0002').join('Carla')
  mock.world().noteOperation('Session', 'End', 'call')
  mock.world().alert(1, 'for the record')
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
