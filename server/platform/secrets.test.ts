import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSecretBox } from './secrets.ts'

const aKey = () => randomBytes(32).toString('base64')

test('what is sealed is opened again, and looks different each time', () => {
  const box = createSecretBox(aKey())

  const [first, second] = [box.seal('pässwörd'), box.seal('pässwörd')]

  assert.equal(box.open(first), 'pässwörd')
  assert.notEqual(first, second)
  assert.ok(!first.includes('pässwörd'))
})

test('a key is rotated by putting the new one in front', () => {
  const [old, fresh] = [aKey(), aKey()]
  const sealed = createSecretBox(old).seal('secret')

  const rotated = createSecretBox(`${fresh}, ${old}`)

  assert.equal(rotated.open(sealed), 'secret')
  assert.equal(createSecretBox(fresh).open(rotated.seal('secret')), 'secret')
})

test('what was sealed with an unknown key, or changed since, is not opened', () => {
  const box = createSecretBox(aKey())
  const sealed = box.seal('secret')
  const [id, text = ''] = sealed.split(':')
  const bytes = Buffer.from(text, 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1

  assert.throws(() => createSecretBox(aKey()).open(sealed), /not in SECRET_KEY/)
  assert.throws(() => box.open(`${id}:${bytes.toString('base64')}`))
})

test('a key that is none is refused at the start', () => {
  for (const keys of ['', 'short', `${aKey()},`])
    assert.throws(() => createSecretBox(keys), /32 bytes in base64/)
})
