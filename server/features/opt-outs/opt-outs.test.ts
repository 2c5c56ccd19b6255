import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, firstNumber, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { developmentToken } from '../../seed.ts'
import type { OptOutImport } from './schemas.ts'

const importing = async (server: TestServer, lines: string, type = 'application/x-ndjson') => {
  // Over a connection: what streams from one is another thing than what a test hands over.
  const answer = await fetch(`${server.url}/api/v1/admin/opt_outs/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${developmentToken}`, 'content-type': type },
    body: lines
  })
  const body: OptOutImport = JSON.parse(await answer.text())
  return { status: answer.status, body }
}

const exporting = async (server: TestServer, query = ''): Promise<string> =>
  (
    await server.app.inject({
      url: `/api/v1/admin/opt_outs/export${query}`,
      headers: { authorization: `Bearer ${developmentToken}` }
    })
  ).payload

const optOut = (fields: object = {}): string =>
  JSON.stringify({
    recipient_number: '+16015550142',
    sender_key: firstNumber,
    opted_out_at: '2026-11-01T12:00:00Z',
    ...fields
  })

const family = (index: number): string => `+1601557${String(index).padStart(4, '0')}`

onEachDatabase(dialect => {
  test('who is imported as opted out gets no text', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await importing(server, `${optOut()}\n`)

    assert.deepEqual(answer, {
      status: 200,
      body: { imported: 1, unchanged: 0, rejected_count: 0, rejected: [] }
    })
    const text = await server.sendMessage()
    assert.equal(text.body.error.code, 'receiver_opted_out')
  })

  test('what is exported can be imported elsewhere, in both formats, and comes out the same', async t => {
    const [from, to] = [
      await build(t, dialect, { workers: false }),
      await build(t, dialect, { workers: false })
    ]
    const lines = Array.from({ length: 2_500 }, (_, index) =>
      optOut({
        recipient_number: family(index),
        class: index % 2 === 0 ? 'messages' : 'announcements',
        keyword: index % 3 === 0 ? 'say "stop", please' : 'STOP',
        ...(index % 5 === 0 && { opted_in_at: '2026-11-02T12:00:00.000Z' })
      })
    )
    await importing(from, lines.join('\r\n'))
    const [asCsv, asJson] = [await exporting(from, '?format=csv'), await exporting(from)]

    const fromCsv = await importing(to, asCsv, 'text/csv')
    const fromJson = await importing(to, asJson)

    assert.equal(fromCsv.body.imported, 2_500)
    assert.deepEqual([fromJson.body.imported, fromJson.body.unchanged], [0, 2_500])
    assert.equal(await exporting(to, '?format=csv'), asCsv)
  })

  test('of two words about one pair the later counts, whichever comes first', async t => {
    const server = await build(t, dialect, { workers: false })
    const out = optOut({ opted_out_at: '2026-11-03T00:00:00Z' })
    const back = optOut({ opted_in_at: '2026-11-04T00:00:00Z' })

    await importing(server, `${back}\n${out}`)
    await importing(server, out)

    const [row] = (await server.request('GET', '/admin/opt_outs')).body
    assert.equal(row.opted_in_at, '2026-11-04T00:00:00.000Z')
  })

  test('lines that are no opt-out are told by their number, and the others are taken over', async t => {
    const server = await build(t, dialect, { workers: false })
    const lines = [
      'no json',
      '',
      '[]',
      optOut({ recipient_number: '12' }),
      optOut({ sender_key: 'somebody' }),
      optOut({ keyword: 'null\0byte' }),
      optOut({ opted_out_at: 'yesterday' }),
      optOut({ opted_out_at: '2099-01-01T00:00:00Z' }),
      optOut({ opted_in_at: '2026-10-01T00:00:00Z' }),
      optOut({ class: 'faxes' }),
      '{"__proto__": {"recipient_number": "+16015550142"}}',
      optOut()
    ]

    const { body } = await importing(server, lines.join('\n'))

    assert.deepEqual([body.imported, body.rejected_count], [1, 10])
    assert.deepEqual(
      body.rejected.map(({ line }: { line: number }) => line),
      [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    )
  })

  test('a CSV whose first line does not name the columns is refused', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await importing(server, '+16015550142,STOP', 'text/csv')

    assert.equal(answer.status, 400)
  })

  test('the list has filters and pages', async t => {
    const server = await build(t, dialect, { workers: false })
    await importing(
      server,
      [
        optOut({ recipient_number: family(1) }),
        optOut({ recipient_number: family(2), class: 'announcements' }),
        optOut({ recipient_number: family(3), opted_in_at: '2026-11-05T00:00:00Z' })
      ].join('\n')
    )
    const found = async (query: string): Promise<string[]> =>
      (await server.request('GET', `/admin/opt_outs?${query}`)).body.map(
        (row: { recipient_number: string }) => row.recipient_number
      )

    const first = await server.request('GET', '/admin/opt_outs?limit=2')
    const cursor = String(first.headers['x-next-cursor'])

    assert.deepEqual(await found(`limit=2&cursor=${cursor}`), [family(1)])
    assert.deepEqual(await found('class=announcements'), [family(2)])
    assert.deepEqual(await found('active=false'), [family(3)])
    assert.deepEqual(await found(`recipient_number=${encodeURIComponent(family(1))}`), [family(1)])
    assert.deepEqual(await found('sender_key=MG1'), [])
  })
})
