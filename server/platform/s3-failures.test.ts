import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import nock from 'nock'
import { readConfig } from '../config.ts'
import { systemClock } from './clock.ts'
import { openStorage } from './open-storage.ts'
import type { Storage } from './storage.ts'

// What a store does to a request that no store does on demand: nock stands where the network is.
const origin = 'http://s3.unreachable.test'

const aStore = (): Storage =>
  openStorage(
    readConfig({
      STORAGE_URL: `s3://recordings?endpoint=${origin}&path_style=true&region=us-east-1`,
      STORAGE_ACCESS_KEY_ID: 'key',
      STORAGE_SECRET_ACCESS_KEY: 'secret'
    }),
    systemClock
  )

async function* words(): AsyncGenerator<Buffer> {
  yield Buffer.from('Hello?')
}

beforeEach(() => nock.disableNetConnect())

test('a store that is busy for a moment is asked again, and has the file then', async t => {
  t.after(() => nock.cleanAll())
  const store = nock(origin)
    .put(/\/recordings\/calls\/one\.mp3/)
    .reply(503, '<Error><Code>SlowDown</Code></Error>')
    .put(/\/recordings\/calls\/one\.mp3/, 'Hello?')
    .reply(200, '', { ETag: '"1"' })

  assert.deepEqual(await aStore().put('calls/one.mp3', words()), { size: 6 })
  assert.ok(store.isDone())
})

test('a store whose connections break is an error for whoever stores, who may try again', async t => {
  t.after(() => nock.cleanAll())
  nock(origin)
    .put(/calls/)
    .times(3)
    .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))

  await assert.rejects(aStore().put('calls/one.mp3', words()), /socket hang up/)
})

test('a file that the store refuses to give is an error, and not an absent file', async t => {
  t.after(() => nock.cleanAll())
  nock(origin).get(/calls/).reply(403, '<Error><Code>AccessDenied</Code></Error>')

  await assert.rejects(aStore().get('calls/one.mp3'), { name: 'AccessDenied' })
})
