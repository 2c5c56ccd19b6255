import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpUrlProblem } from './url-check.ts'

for (const url of [
  'https://a.example',
  'http://a.example:8080/b?c=d#e',
  'HTTPS://A.EXAMPLE',
  'https://bücher.example/ä'
])
  test(`${url} is a URL that can be called`, () => {
    assert.equal(httpUrlProblem(url), undefined)
  })

for (const url of [
  '',
  'a.example',
  '/a',
  '//a.example',
  'ftp://a.example',
  'javascript:alert(1)',
  'https://',
  'https:a.example',
  'http://[',
  ' https://a.example'
])
  test(`${JSON.stringify(url)} is not`, () => {
    assert.equal(httpUrlProblem(url), 'must be an absolute http or https URL')
  })

for (const url of [
  'https://user@a.example',
  'https://user:password@a.example',
  'https://:password@a.example'
])
  test(`${url} would give a password away`, () => {
    assert.equal(httpUrlProblem(url), 'must not hold a user name or password')
  })
