import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { apiDocument } from '../../scripts/api-document.ts'
import { seedExamples } from '../seed-examples.ts'
import { build, onEachDatabase } from '../testing/build.ts'
import { operationsOf } from '../testing/operations.ts'

const committed = new URL('../../contracts/openapi.json', import.meta.url)

interface Document {
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: Operation }>
  components: { schemas: Record<string, unknown>; responses: Record<string, unknown> }
}

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  responses: Record<string, { description?: string; $ref?: string }>
  parameters?: { name: string; in: string }[]
}

const offlineUrl = 'http://127.0.0.1:3000'

/** What curl would send, of the options that our samples have. Gives the status. */
async function runCurl(source: string): Promise<string> {
  const [, method = '', url = ''] = /^curl -X (\w+) '([^']+)'/.exec(source) ?? []
  const headers: Record<string, string> = {}
  const form = new URLSearchParams()
  let json: string | undefined
  for (const [, option, value = ''] of source.matchAll(/\\\n +(-\S+) '([^']*)'/g)) {
    if (option === '--data') json = value
    else {
      const [, name = '', rest = ''] = /^([\w-]+)(?:: |=)(.*)$/s.exec(value) ?? []
      if (option === '-H') headers[name] = rest
      else form.append(name, rest)
    }
  }
  const body = json ?? (form.size > 0 ? form : undefined)
  const { status } = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  return String(status)
}

/** Gives what it prints. */
async function runScript(source: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    source
  ])
  return stdout
}

const readDocument = async (): Promise<Document> => JSON.parse(await apiDocument())
const operations = (document: Document) => [
  ...Object.values(document.paths).flatMap(item => Object.values(item)),
  ...Object.values(document.webhooks).map(item => item.post)
]

test('the committed document is what the app says: npm run openapi writes it', async () => {
  assert.equal(await apiDocument(), readFileSync(committed, 'utf8'))
})

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()

  const { valid, errors } = await validator.validate(JSON.parse(await apiDocument()))

  assert.ok(valid, JSON.stringify(errors, null, 2))
  assert.equal(validator.version, '3.1')
})

test('every operation and event has a name of its own, a summary and a described tag', async () => {
  const document = await readDocument()
  const all = operations(document)

  assert.equal(new Set(all.map(operation => operation.operationId)).size, all.length)
  for (const { operationId, summary, tags } of all) {
    assert.ok(summary.length > 5, operationId)
    assert.ok(
      document.tags.some(tag => tags.includes(tag.name) && tag.description),
      operationId
    )
  }
})

test('every response is described, and every refusal is the one error form', async () => {
  for (const { operationId, responses } of operations(await readDocument())) {
    if (operationId.startsWith('event_')) continue
    for (const [status, response] of Object.entries(responses)) {
      if (Number(status) >= 400)
        assert.match(response.$ref ?? '', /^#\/components\/responses\//, `${operationId} ${status}`)
      else
        assert.ok(
          response.description && response.description !== 'Default Response',
          `${operationId} ${status}`
        )
    }
  }
})

test('every creating operation takes an Idempotency-Key', async () => {
  const creating = operations(await readDocument()).filter(operation => operation.responses['201'])

  assert.ok(creating.length >= 5)
  for (const { operationId, parameters = [] } of creating)
    assert.ok(
      parameters.some(
        parameter => parameter.in === 'header' && parameter.name === 'Idempotency-Key'
      ),
      operationId
    )
})

test('every reference leads to a component, and every component is referred to', async () => {
  const text = await apiDocument()
  const { components }: Document = JSON.parse(text)

  const references = new Set(
    [...text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)].map(
      ([, kind, name]) => `${kind}/${name}`
    )
  )
  const defined = Object.entries(components)
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, list]) => Object.keys(list).map(name => `${kind}/${name}`))

  assert.deepEqual([...references].toSorted(), defined.toSorted())
})

onEachDatabase(dialect => {
  test('every operation has an example that works when it is pasted, in an offline stack', async t => {
    const server = await build(t, dialect, { workers: false })
    await seedExamples(server.deps)
    // What is created is there before it is read, and what is read before it is deleted.
    const order = ['POST', 'PATCH', 'PUT', 'GET', 'DELETE']
    const pasted = operationsOf(server.app)
      .filter(({ isSigned }) => !isSigned)
      .toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method))

    const failed: string[] = []
    for (const { method, path, parameters, contentType, example } of pasted) {
      const url = new URL(
        path.replaceAll(/\{(\w+)\}/g, (_, name) =>
          encodeURIComponent(
            String(parameters.find(each => each.in === 'path' && each.name === name)?.example)
          )
        ),
        'http://server'
      )
      for (const { in: place, name, example: value } of parameters)
        if (place === 'query' && value !== undefined) url.searchParams.set(name, String(value))
      const answer = await server.request(
        method,
        `${url.pathname}${url.search}`.replace('/api/v1', ''),
        {
          ...(method !== 'GET' &&
            contentType !== undefined && {
              headers: { 'content-type': contentType },
              body: JSON.stringify(example)
            })
        }
      )
      if (answer.status >= 300)
        failed.push(`${method} ${url.pathname}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }

    assert.deepEqual(failed, [])
    assert.ok(pasted.length >= 70)
  })

  test('every request of a provider has a signed sample that works when it is pasted, in an offline stack', async t => {
    const server = await build(t, dialect, {
      workers: false,
      // What is signed is the offline stack's own URL; and the sample is of today, where the test is not.
      environment: {
        PUBLIC_URL: offlineUrl,
        ZOOM_WEBHOOK_WINDOW_SECONDS: String(100 * 365 * 86_400)
      }
    })
    await seedExamples(server.deps)
    const signed = operationsOf(server.app).filter(({ isSigned }) => isSigned)

    const failed: string[] = []
    for (const { operationId, sample } of signed) {
      const source = sample?.source.replaceAll(offlineUrl, server.url) ?? ''
      const status = sample?.lang === 'Node' ? await runScript(source) : await runCurl(source)
      if (!/^20[04]/.test(status)) failed.push(`${operationId}: ${status}`)
    }

    assert.deepEqual(failed, [])
    assert.ok(signed.length >= 18)
  })

  test('a stream that a description shows is taken, every line of it', async t => {
    const server = await build(t, dialect, { workers: false })
    const types: Record<string, string> = { json: 'application/x-ndjson', csv: 'text/csv' }

    const rejected: Record<string, number> = {}
    for (const { path, description } of operationsOf(server.app)) {
      const [, language = '', stream] = /```(\w+)\n(.+?)```/s.exec(description) ?? []
      if (stream === undefined) continue
      const { body } = await server.request('POST', path.replace('/api/v1', ''), {
        headers: { 'content-type': types[language] ?? language },
        body: stream
      })
      rejected[path] = body.rejected_count
    }

    assert.deepEqual(rejected, {
      '/api/v1/admin/opt_outs/import': 0,
      '/api/v1/announcements': 0
    })
  })
})

test('the page of the document needs nobody else: no address but its own, held to it by the browser', async t => {
  const server = await build(t, 'sqlite', { workers: false })

  const page = await server.app.inject('/docs/')
  const script = await server.app.inject('/docs/js/scalar.js')
  const document = await server.app.inject('/docs/openapi.json')

  assert.deepEqual([page.statusCode, script.statusCode, document.statusCode], [200, 200, 200])
  assert.doesNotMatch(page.payload, /https?:\/\//)
  assert.match(page.payload, /src="js\/scalar\.js"/)
  const policy = String(page.headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /https?:|\*/)
  assert.deepEqual(document.json().paths, JSON.parse(readFileSync(committed, 'utf8')).paths)
})

test('the page is found without a slash too', async t => {
  const server = await build(t, 'sqlite', { workers: false })

  const { statusCode, headers } = await server.app.inject('/docs')

  assert.deepEqual([statusCode, headers.location], [301, '/docs/'])
})
