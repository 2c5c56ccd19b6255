import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CallbackFailed } from './callback-failures.ts'
import { AnswerReader, type HttpAnswer } from './http-answer.ts'

/** Reads bytes that come in pieces of this size, and then the end of the connection. */
function readInPieces(bytes: Buffer, size: number, maxBodyBytes = 1000): HttpAnswer | undefined {
  const reader = new AnswerReader(maxBodyBytes)
  for (let start = 0; start < bytes.length; start += size) {
    const answer = reader.read(bytes.subarray(start, start + size))
    if (answer !== undefined) return answer
  }
  return reader.end()
}

function failureOf(text: string, size = 7): string {
  try {
    return readInPieces(Buffer.from(text), size) === undefined ? 'not complete' : 'answered'
  } catch (error) {
    return error instanceof CallbackFailed ? error.failure : String(error)
  }
}

const answers = {
  'with a length':
    'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 16\r\n\r\n<Rësponse ☃/>',
  'in chunks':
    'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '4;x=y\r\n<Rë\r\nB\r\nsponse ☃/\r\n1\r\n>\r\n0\r\nx-trailer: 1\r\n\r\n',
  'until the connection ends': 'HTTP/1.0 200\r\ncontent-type: text/xml\r\n\r\n<Rësponse ☃/>',
  'behind an interim answer':
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type:text/xml\r\ncontent-length:16\r\n\r\n<Rësponse ☃/>'
}

for (const [name, text] of Object.entries(answers)) {
  test(`an answer ${name} is the same in whatever pieces it comes`, () => {
    const bytes = Buffer.from(text)

    for (let size = 1; size <= bytes.length; size++) {
      const answer = readInPieces(bytes, size)

      assert.ok(answer !== undefined)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-type'], 'text/xml')
      assert.equal(answer.body.toString('utf8'), '<Rësponse ☃/>')
    }
  })
}

test('a connection is kept when the answer says where it ends and nothing comes behind it', () => {
  const isKept = (text: string): boolean | undefined =>
    readInPieces(Buffer.from(text), text.length)?.isKeptAlive

  assert.equal(isKept('HTTP/1.1 204 No Content\r\n\r\n'), true)
  assert.equal(isKept('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), true)
  assert.equal(isKept('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: Close\r\n\r\n'), false)
  assert.equal(isKept('HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'), false)
  assert.equal(isKept('HTTP/1.1 200 OK\r\n\r\nall of it'), false)
  assert.equal(isKept('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n'), false)
})

test('what is clearly no answer is none, at once', () => {
  const rightLine = 'HTTP/1.1 200 OK\r\n'

  assert.equal(failureOf('220 smtp.example ESMTP\r\n'), 'protocol')
  assert.equal(failureOf('HTTP/2 200\r\n\r\n'), 'protocol')
  assert.equal(failureOf('HTTP/1.1 999 What\r\n\r\n'), 'protocol')
  assert.equal(failureOf('HTTP/1.1 101 Switching Protocols\r\n\r\n'), 'protocol')
  assert.equal(failureOf(`${rightLine}no colon\r\n\r\n`), 'protocol')
  assert.equal(failureOf(`${rightLine}content-length: -1\r\n\r\n`), 'protocol')
  assert.equal(failureOf(`${rightLine}content-length: 1\r\ncontent-length: 2\r\n\r\n`), 'protocol')
  assert.equal(
    failureOf(`${rightLine}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`),
    'protocol'
  )
  assert.equal(failureOf(`${rightLine}transfer-encoding: chunked\r\n\r\nnot hex\r\n`), 'protocol')
  assert.equal(failureOf(`${rightLine}${'x: y\r\n'.repeat(5000)}`), 'protocol')
})

test('an answer that is cut off is not complete, and one beyond the limit is refused', () => {
  const rightLine = 'HTTP/1.1 200 OK\r\n'

  assert.equal(failureOf(`${rightLine}content-length: 10\r\n\r\nhalf`), 'not complete')
  assert.equal(
    failureOf(`${rightLine}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
    'not complete'
  )
  assert.equal(failureOf(`${rightLine}content-length: 1001\r\n\r\n`), 'too_large')
  assert.equal(failureOf(`${rightLine}transfer-encoding: chunked\r\n\r\nfffff\r\n`), 'too_large')
  assert.equal(failureOf(`${rightLine}\r\n${'x'.repeat(1001)}`), 'too_large')
})

test('cookies are listed, other names that are repeated are joined, and no name is special', () => {
  const answer = readInPieces(
    Buffer.from(
      'HTTP/1.1 204 No\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-A: 1\r\nx-a: 2\r\n__proto__: x\r\n\r\n'
    ),
    1000
  )

  assert.deepEqual(answer?.headers['set-cookie'], ['a=1', 'b=2'])
  assert.equal(answer?.headers['x-a'], '1, 2')
  assert.equal(answer?.headers['__proto__'], 'x')
})
