import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build } from '../../testing/build.ts'

const announcement = {
  client_announcement_id: 'snow-day',
  global_customer_id: 'local-district',
  type: 'sms',
  body: 'School is closed today.',
  recipients: ['+16015550142']
}

test('a misspelt dry_run is refused and nobody is texted', async t => {
  const server = await build(t, 'sqlite', { workers: false })

  const answer = await server.request('POST', '/announcements?dry_run=True', {
    body: { announcement }
  })

  assert.deepEqual([answer.status, answer.body.error.details[0].field], [422, 'dry_run'])
  assert.equal((await server.request('GET', '/announcements/snow-day')).status, 404)
})

test('an item of a list and the body itself are named as the request spells them', async t => {
  const server = await build(t, 'sqlite', { workers: false })
  const fieldAtFault = async (body: unknown): Promise<string> =>
    (await server.request('POST', '/announcements', { body })).body.error.details[0].field

  const inList = { announcement: { ...announcement, media_urls: ['https://a.example/1', 5] } }
  assert.equal(await fieldAtFault(inList), 'announcement.media_urls[1]')
  assert.equal(await fieldAtFault([announcement]), 'body')
})
