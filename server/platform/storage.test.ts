import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import S3rver from 's3rver'
import { VirtualClock } from '../../simulator/clock.ts'
import { ConfigError, readConfig } from '../config.ts'
import { anotherProcess } from '../testing/another-process.ts'
import { build, type TestServer } from '../testing/build.ts'
import { systemClock } from './clock.ts'
import { openStorage, readS3Place } from './open-storage.ts'
import {
  contentTypeOf,
  dispositionOf,
  hourMs,
  isKey,
  longestLinkMs,
  type Storage
} from './storage.ts'

const seed = Number(process.env['TEST_SEED'] ?? 20261123)

async function* bytes(...chunks: string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

async function* brokenOff(): AsyncGenerator<Buffer> {
  yield Buffer.from('the first half')
  throw new Error('the line went dead')
}

async function textIn(storage: Storage, key: string): Promise<string | undefined> {
  const found = await storage.get(key)
  return found && (await buffer(found.body)).toString()
}

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'common-services-storage-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function folderStorage(t: TestContext): Promise<Storage> {
  return openStorage(readConfig({ STORAGE_URL: `file:${await aFolder(t)}` }), systemClock)
}

/** s3rver: a real S3 over HTTP, which checks signatures and expiry. */
async function s3Storage(t: TestContext, query = ''): Promise<Storage> {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: await aFolder(t),
    configureBuckets: [{ name: 'recordings', configs: [] }]
  })
  const { port } = await server.run()
  const storage = openStorage(
    readConfig({
      STORAGE_URL: `s3://recordings/video?endpoint=http://127.0.0.1:${port}&path_style=true${query}`,
      STORAGE_ACCESS_KEY_ID: 'S3RVER',
      STORAGE_SECRET_ACCESS_KEY: 'S3RVER'
    }),
    systemClock
  )
  t.after(async () => {
    storage.close()
    await server.close()
  })
  return storage
}

for (const [name, open] of Object.entries({ folder: folderStorage, 's3 store': s3Storage })) {
  describe(`storage in a ${name}`, () => {
    test('gives back what was put, with its size and media type', async t => {
      const storage = await open(t)

      const put = await storage.put('call-1/audio.m4a', bytes('one ', 'two'))

      assert.deepEqual(put, { size: 7 })
      assert.deepEqual(await storage.stat('call-1/audio.m4a'), { size: 7 })
      const found = await storage.get('call-1/audio.m4a')
      assert.ok(found)
      assert.deepEqual([found.size, found.contentType], [7, 'audio/mp4'])
      assert.equal((await buffer(found.body)).toString(), 'one two')
    })

    test('knows nothing of what was never put, and removes it without complaint', async t => {
      const storage = await open(t)

      assert.equal(await storage.get('call-1/audio.m4a'), undefined)
      assert.equal(await storage.stat('call-1/audio.m4a'), undefined)
      await storage.remove('call-1/audio.m4a')
    })

    test('keeps nothing of a source that breaks off', async t => {
      const storage = await open(t)

      await assert.rejects(storage.put('a/new.mp4', brokenOff()), /the line went dead/)
      assert.equal(await storage.get('a/new.mp4'), undefined)

      await storage.put('a/old.mp4', bytes('complete'))
      await assert.rejects(storage.put('a/old.mp4', brokenOff()), /the line went dead/)
      assert.equal(await textIn(storage, 'a/old.mp4'), 'complete')
    })

    test('takes the same key again, also twice at once, and ends with one complete object', async t => {
      const storage = await open(t)
      await storage.put('a/b.txt', bytes('before'))

      await Promise.all([
        storage.put('a/b.txt', bytes('aft', 'er')),
        storage.put('a/b.txt', bytes('after'))
      ])

      assert.equal(await textIn(storage, 'a/b.txt'), 'after')
      await storage.remove('a/b.txt')
      assert.equal(await storage.stat('a/b.txt'), undefined)
    })

    test('takes an object of many megabytes, and one of nothing', async t => {
      const storage = await open(t)
      const megabyte = Buffer.alloc(1_048_576, 'x')
      async function* large(): AsyncGenerator<Buffer> {
        for (let count = 0; count < 20; count++) yield megabyte
        yield Buffer.from('the end')
      }

      assert.deepEqual(await storage.put('large.mp4', large()), { size: 20 * 1_048_576 + 7 })
      assert.deepEqual(await storage.put('nothing.txt', bytes()), { size: 0 })

      const found = await storage.get('large.mp4')
      assert.ok(found)
      const content = await buffer(found.body)
      assert.equal(content.length, 20 * 1_048_576 + 7)
      assert.equal(content.subarray(-9).toString(), 'xxthe end')
      assert.equal(await textIn(storage, 'nothing.txt'), '')
    })

    test('refuses every key that could lead elsewhere', async t => {
      const storage = await open(t)

      for (const key of [
        '',
        '/a',
        'a/',
        'a//b',
        '..',
        '../a',
        'a/../b',
        'a/.',
        '.a',
        'a\\b',
        'ä',
        'a\0b',
        'a b'
      ])
        for (const act of [
          () => storage.put(key, bytes('x')),
          () => storage.get(key),
          () => storage.stat(key),
          () => storage.remove(key),
          async () => storage.linkTo(key, { lifetimeMs: hourMs })
        ])
          await assert.rejects(act, /Not a key for storage/, JSON.stringify(key))
    })

    test('refuses links that live for no time or for longer than S3 signs', async t => {
      const storage = await open(t)

      for (const lifetimeMs of [0, 999, longestLinkMs + 1, Number.NaN])
        await assert.rejects(
          async () => storage.linkTo('a.mp3', { lifetimeMs }),
          /a second to seven days/
        )
      assert.ok(await storage.linkTo('a.mp3', { lifetimeMs: longestLinkMs }))
    })
  })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function presignature(url: URL, secret: string): string {
  const escaped = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
    )
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .toSorted()
    .join('&')
  const request = ['GET', url.pathname, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD']
  const scope = String(url.searchParams.get('X-Amz-Credential')).split('/').slice(1)
  const toSign = [
    'AWS4-HMAC-SHA256',
    url.searchParams.get('X-Amz-Date'),
    scope.join('/'),
    createHash('sha256').update(request.join('\n')).digest('hex')
  ].join('\n')
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest()
  return hmac(scope.reduce<string | Buffer>(hmac, `AWS4${secret}`), toSign).toString('hex')
}

describe('a link to an s3 store', () => {
  test('downloads the object under its name and media type, for as long as it says', async t => {
    const storage = await s3Storage(t)
    await storage.put('call-1/audio.m4a', bytes('music'))

    const link = await storage.linkTo('call-1/audio.m4a', { lifetimeMs: 12 * hourMs })

    const answer = await fetch(link)
    assert.equal(answer.status, 200)
    assert.equal(await answer.text(), 'music')
    assert.equal(answer.headers.get('content-type'), 'audio/mp4')
    assert.equal(answer.headers.get('content-disposition'), 'inline; filename="audio.m4a"')
    assert.equal(new URL(link).searchParams.get('X-Amz-Expires'), '43200')
    assert.equal(new URL(link).pathname, '/recordings/video/call-1/audio.m4a')
  })

  // s3rver takes any signature of version 4, so it is computed here a second time.
  test('bears the signature that S3 computes over its path, lifetime and name', async t => {
    const storage = await s3Storage(t)

    const link = new URL(
      await storage.linkTo('call-1/audio.m4a', {
        lifetimeMs: 24 * hourMs,
        fileName: 'Ömer (1).m4a'
      })
    )

    assert.equal(link.searchParams.get('X-Amz-Signature'), presignature(link, 'S3RVER'))
    assert.equal(
      presignature(
        new URL(
          'http://127.0.0.1:9000/recordings/call-0001/audio.m4a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=MOCKACCESSKEY%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=43200&X-Amz-SignedHeaders=host'
        ),
        'MOCKSECRETKEY'
      ),
      '3556a1b466b9b350775d74b0c066aaf2c6e7a78771b73b1569cad0c876196299'
    )
  })

  test('begins at the time of the clock, so one from yesterday has expired', async t => {
    const clock = new VirtualClock({ mode: 'frozen', start: systemClock.now() - 25 * hourMs })
    t.after(() => clock.stop())
    const today = await s3Storage(t)
    await today.put('a.txt', bytes('x'))
    const { origin } = new URL(await today.linkTo('a.txt', { lifetimeMs: hourMs }))
    const yesterday = openStorage(
      readConfig({
        STORAGE_URL: `s3://recordings/video?endpoint=${origin}&path_style=true`,
        STORAGE_ACCESS_KEY_ID: 'S3RVER',
        STORAGE_SECRET_ACCESS_KEY: 'S3RVER'
      }),
      clock
    )
    t.after(() => yesterday.close())

    assert.equal(
      (await fetch(await yesterday.linkTo('a.txt', { lifetimeMs: 24 * hourMs }))).status,
      403
    )
    assert.equal(
      (await fetch(await yesterday.linkTo('a.txt', { lifetimeMs: 26 * hourMs }))).status,
      200
    )
  })

  test('names the bucket in the host unless paths are asked for', () => {
    assert.deepEqual(readS3Place('s3://district-recordings/calls/?region=us-west-2'), {
      bucket: 'district-recordings',
      prefix: 'calls',
      region: 'us-west-2',
      endpoint: undefined,
      pathStyle: false
    })
  })
})

/** Follows a link of the folder, as anybody could. */
async function follow(server: TestServer, link: string, headers: Record<string, string> = {}) {
  return fetch(link.replace(/^http:\/\/[^/]+/, server.url), { headers })
}

/** A request whose path nobody tidies up on the way. */
function statusOfPath(server: TestServer, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, agent: false }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    request.on('error', reject)
    request.end()
  })
}

async function aServerWith(t: TestContext, key: string, text: string): Promise<TestServer> {
  const server = await build(t, 'sqlite', { workers: false })
  await server.deps.storage.put(key, bytes(text))
  return server
}

describe('a link to a file of this server', () => {
  test('downloads it without a token: name, media type and length are told', async t => {
    const server = await aServerWith(t, 'call-1/audio.mp3', 'music')
    const link = await server.deps.storage.linkTo('call-1/audio.mp3', {
      lifetimeMs: 12 * hourMs,
      fileName: 'Anrufe für Ömer.mp3'
    })

    const answer = await follow(server, link)

    assert.equal(await answer.text(), 'music')
    assert.deepEqual(
      [
        'content-type',
        'content-length',
        'content-disposition',
        'accept-ranges',
        'cache-control',
        'x-content-type-options'
      ].map(name => answer.headers.get(name)),
      [
        'audio/mpeg',
        '5',
        `inline; filename="Anrufe f_r _mer.mp3"; filename*=UTF-8''Anrufe%20f%C3%BCr%20%C3%96mer.mp3`,
        'bytes',
        'private, max-age=43200',
        'nosniff'
      ]
    )
    assert.ok(link.startsWith(`${server.url}/recordings/call-1/audio.mp3?expires=`))
  })

  test('works until its last moment by the clock, and not at the next', async t => {
    const server = await aServerWith(t, 'a.mp3', 'music')
    const link = await server.deps.storage.linkTo('a.mp3', { lifetimeMs: 12 * hourMs })

    await server.clock.advance(12 * hourMs - 1)
    assert.equal((await follow(server, link)).status, 200)

    await server.clock.advance(1)
    const answer = await follow(server, link)
    assert.equal(answer.status, 403)
    assert.match(await answer.text(), /has expired/)
  })

  test('that was changed in any part is refused', async t => {
    const server = await aServerWith(t, 'a.mp3', 'music')
    await server.deps.storage.put('b.mp3', bytes('another'))
    const link = await server.deps.storage.linkTo('a.mp3', { lifetimeMs: hourMs, fileName: 'a' })
    const { searchParams } = new URL(link)
    const expires = Number(searchParams.get('expires'))
    const signature = String(searchParams.get('signature'))

    for (const changed of [
      link.replace('/a.mp3', '/b.mp3'),
      link.replace(`expires=${expires}`, `expires=${expires + 1}`),
      link.replace(`expires=${expires}`, `expires=0${expires}`).replace('name=a', 'name=b'),
      link.replace('name=a', 'name=b'),
      link.replace('name=a&', ''),
      link.replace(signature, ''),
      link.replace(signature, signature.slice(0, -2)),
      link.replace(signature, `${signature}AA`),
      link.replace('&signature', '&signature=x&signature'),
      link.replace(/\?.*/, '')
    ]) {
      assert.notEqual(changed, link)
      const answer = await follow(server, changed)
      assert.equal(answer.status, 403, changed)
      assert.match(await answer.text(), /not made by this server/)
    }
    assert.equal((await follow(server, link)).status, 200)
  })

  test('of a server with another key is refused, and outlives a rotation of the key', async t => {
    const server = await aServerWith(t, 'a.mp3', 'music')
    const [first, second] = [1, 2].map(fill => Buffer.alloc(32, fill).toString('base64'))
    const linkOf = (SECRET_KEY: string): Promise<string> =>
      openStorage({ ...server.deps.config, SECRET_KEY }, server.clock).linkTo('a.mp3', {
        lifetimeMs: hourMs
      })
    await using rotated = await anotherProcess(server, {
      config: { SECRET_KEY: `${second},${first}` }
    })
    const statusOf = async (link: string): Promise<number> =>
      (await rotated.app.inject(link.slice(server.url.length))).statusCode

    assert.equal((await follow(server, await linkOf(String(first)))).status, 403)
    assert.equal(await statusOf(await linkOf(String(first))), 200)
    assert.equal(await statusOf(await linkOf(String(second))), 200)
  })

  test('leads to nothing outside of the folder, however the path is written', async t => {
    const server = await aServerWith(t, 'a/b.mp3', 'music')
    const query = new URL(await server.deps.storage.linkTo('a/b.mp3', { lifetimeMs: hourMs }))
      .search

    for (const path of [
      '../package.json',
      '..%2fpackage.json',
      '%2e%2e/%2e%2e/etc/passwd',
      'a/../../x',
      'a/./b.mp3',
      'a//b.mp3',
      '/etc/passwd',
      'a%5cb.mp3',
      '.unfinished',
      'a'
    ]) {
      assert.equal(await statusOfPath(server, `/recordings/${path}${query}`), 403, path)
    }
    assert.equal(await statusOfPath(server, `/recordings/a%00b${query}`), 422)
  })

  test('to what was removed, or to a folder, is answered with 404', async t => {
    const server = await aServerWith(t, 'a/b.mp3', 'music')
    const { storage } = server.deps
    const links = await Promise.all(
      ['a', 'a/c.mp3', 'a/b.mp3/d'].map(key => storage.linkTo(key, { lifetimeMs: hourMs }))
    )

    for (const link of links) assert.equal((await follow(server, link)).status, 404, link)
  })

  test('serves the range that a player asks for', async t => {
    const server = await aServerWith(t, 'a.mp3', '0123456789')
    const link = await server.deps.storage.linkTo('a.mp3', { lifetimeMs: hourMs })
    const tag = String((await follow(server, link)).headers.get('etag'))

    for (const [range, status, text, contentRange] of [
      ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-2', 206, '89', 'bytes 8-9/10'],
      ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
      ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
      ['bytes=10-', 416, '', 'bytes */10'],
      ['bytes=-0', 416, '', 'bytes */10'],
      ['bytes=4-2', 200, '0123456789', null],
      ['bytes=0-1,3-4', 200, '0123456789', null],
      ['bytes=-', 200, '0123456789', null],
      ['lines=0-1', 200, '0123456789', null]
    ] as const) {
      const answer = await follow(server, link, { range })
      assert.deepEqual(
        [answer.status, await answer.text(), answer.headers.get('content-range')],
        [status, text, contentRange],
        range
      )
    }
    const same = await follow(server, link, { range: 'bytes=0-3', 'if-range': tag })
    const other = await follow(server, link, { range: 'bytes=0-3', 'if-range': '"old"' })
    assert.deepEqual([same.status, other.status], [206, 200])
  })

  test('tells the length of a file without sending it, and sends a file of nothing', async t => {
    const server = await aServerWith(t, 'a.mp3', '0123456789')
    await server.deps.storage.put('empty.txt', bytes())
    const link = await server.deps.storage.linkTo('a.mp3', { lifetimeMs: hourMs })
    const empty = await server.deps.storage.linkTo('empty.txt', { lifetimeMs: hourMs })

    const head = await fetch(link, { method: 'HEAD' })

    assert.deepEqual(
      [head.status, head.headers.get('content-length'), await head.text()],
      [200, '10', '']
    )
    assert.equal(await (await follow(server, empty)).text(), '')
    assert.equal((await follow(server, empty, { range: 'bytes=0-' })).status, 416)
  })
})

describe('a folder of files', () => {
  test('loses what a killed writer left, when the object is put again', async t => {
    const folder = await aFolder(t)
    const storage = openStorage(readConfig({ STORAGE_URL: `file:${folder}` }), systemClock)
    const drafts = join(folder, '.unfinished')
    await storage.put('a/b.mp3', bytes('first'))
    const never = Promise.withResolvers<void>()
    async function* stuck(): AsyncGenerator<Buffer> {
      yield Buffer.from('half')
      await never.promise
    }
    const killed = storage.put('a/b.mp3', stuck())
    while ((await readdir(drafts)).length === 0) await new Promise(resolve => setImmediate(resolve))

    await storage.put('a/b.mp3', bytes('second'))

    assert.deepEqual(await readdir(drafts), [])
    assert.equal(await readFile(join(folder, 'a/b.mp3'), 'utf8'), 'second')
    // Had it lived after all: it finds the other's object in place, and leaves it.
    never.resolve()
    assert.deepEqual(await killed, { size: 6 })
    assert.equal(await textIn(storage, 'a/b.mp3'), 'second')
  })

  test('fails a put that the disk refuses, and leaves nothing half-done', async t => {
    const folder = await aFolder(t)
    const storage = openStorage(readConfig({ STORAGE_URL: `file:${folder}` }), systemClock)
    await writeFile(join(folder, 'a'), 'a file where a folder should be')

    await assert.rejects(storage.put('a/b.mp3', bytes('x')), /EEXIST|ENOTDIR/)

    assert.deepEqual(await readdir(join(folder, '.unfinished')), [])
  })
})

test('no text is a key that leads out of the folder', () => {
  const part = fc.constantFrom(
    'a',
    '..',
    '.',
    '',
    '/',
    '\\',
    '%2e',
    '\0',
    'é',
    '-',
    '_',
    '.b',
    'c.mp3'
  )
  fc.assert(
    fc.property(
      fc.array(part).map(parts => parts.join('')),
      text => {
        if (!isKey(text)) return
        assert.ok(join('/root', text).startsWith('/root/'))
        assert.equal(join('/root', text), `/root/${text}`)
        assert.doesNotMatch(text, /(^|\/)\./)
      }
    ),
    { seed, numRuns: 2_000 }
  )
})

test('what an object is follows from the end of its key, and is nothing that a browser runs', () => {
  assert.deepEqual(['a.MP4', 'a.vtt', 'a.html', 'a.svg', 'a.constructor', 'a'].map(contentTypeOf), [
    'video/mp4',
    'text/vtt; charset=utf-8',
    'application/octet-stream',
    'application/octet-stream',
    'application/octet-stream',
    'application/octet-stream'
  ])
  assert.equal(
    dispositionOf('a/b.mp3', 'x"\r\ny.mp3'),
    `inline; filename="x___y.mp3"; filename*=UTF-8''x%22%0D%0Ay.mp3`
  )
})

describe('the settings of storage', () => {
  test('name a folder or a bucket', () => {
    assert.equal(readConfig({}).STORAGE_URL, 'file:data/recordings')
    for (const wrong of ['data/recordings', 'file:', 's3:', 's3://', 'ftp://a/b'])
      assert.throws(() => readConfig({ STORAGE_URL: wrong }), /STORAGE_URL/, wrong)
  })

  test('hold a key and its secret, or neither', () => {
    assert.throws(() => readConfig({ STORAGE_ACCESS_KEY_ID: 'AK' }), ConfigError)
    assert.throws(() => readConfig({ STORAGE_SECRET_ACCESS_KEY: 'S' }), /go together/)
  })
})
