import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool } from 'undici'
import { developmentToken } from '../seed.ts'
import { build } from '../testing/build.ts'

const tooLong = 'x'.repeat(2_000_000)
const announcement = '{"announcement":{"client_announcement_id":"a","type":"sms"}}\n'

test('a stream that is refused half-way is not in the way of the next request on its connection', async t => {
  const server = await build(t, 'sqlite', { workers: false })
  const client = new Pool(server.url, { connections: 1, headersTimeout: 5_000 })
  t.after(() => client.destroy())
  const post = async (path: string, type: string, body: string): Promise<number> => {
    const answer = await client.request({
      path: `/api/v1${path}`,
      method: 'POST',
      headers: { authorization: `Bearer ${developmentToken}`, 'content-type': type },
      body
    })
    await answer.body.dump()
    return answer.statusCode
  }
  const status = async (): Promise<number> => {
    const answer = await client.request({ path: '/api/v1/status', method: 'GET' })
    await answer.body.dump()
    return answer.statusCode
  }

  const seen: number[] = []
  for (const [path, type, body] of [
    ['/admin/opt_outs/import', 'application/x-ndjson', tooLong],
    ['/admin/opt_outs/import', 'application/x-ndjson', `${'x'.repeat(70_000)}\n`],
    ['/admin/opt_outs/import', 'text/csv', `name,number\n${tooLong}`],
    ['/announcements', 'application/x-ndjson', tooLong],
    ['/announcements', 'application/x-ndjson', `${announcement}${tooLong}`],
    ['/announcements', 'application/x-ndjson', `no JSON\n${tooLong}`]
  ] as const)
    seen.push(await post(path, type, body), await status())

  assert.deepEqual(seen, [413, 200, 413, 200, 400, 200, 413, 200, 422, 200, 400, 200])
})

test('a client that still writes a body that is too large sees why it is refused', async t => {
  const server = await build(t, 'sqlite', { workers: false })
  const client = new Pool(server.url, { connections: 1 })
  t.after(() => client.destroy())

  const seen = new Set<string>()
  for (let time = 0; time < 10; time++) {
    const { statusCode, headers, body } = await client.request({
      path: '/api/v1/messages',
      method: 'POST',
      headers: {
        authorization: `Bearer ${developmentToken}`,
        'content-type': 'application/json'
      },
      body: 'x'.repeat(20_000_000)
    })
    await body.dump()
    seen.add(`${statusCode}${headers['connection'] === 'close' ? ', closed' : ''}`)
  }

  assert.deepEqual([...seen], ['413'])
})
