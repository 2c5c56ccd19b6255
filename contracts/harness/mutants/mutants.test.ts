import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { readCommand } from '../options.ts'
import { mutants } from './catalogue.ts'
import { mutant, planted } from './mutant.ts'
import { gradeHarness } from './run-mutants.ts'

const serverFile = (name: string): string =>
  readFileSync(new URL(`../../../server/${name}`, import.meta.url), 'utf8')

describe('the catalogue of mutants', () => {
  test('has each once', () => {
    assert.equal(new Set(mutants.map(({ id }) => id)).size, mutants.length)
    assert.ok(mutants.length >= 60)
  })

  test('can be planted, every one, in the server as it is', () => {
    for (const each of mutants)
      assert.notEqual(planted(each, serverFile(each.file)), serverFile(each.file))
  })

  test('says so when the text that a mutant changes is gone, or is there twice', () => {
    const gone = mutant('gone', 'nothing', ['app.ts', 'no such text', ''], ['shape'])
    const twice = mutant('twice', 'nothing', ['app.ts', 'import', ''], ['shape'])

    assert.throws(
      () => planted(gone, serverFile('app.ts')),
      /The mutant gone cannot be planted.*holds its text 0 times/
    )
    assert.throws(() => planted(twice, serverFile('app.ts')), /The mutant twice cannot be planted/)
  })
})

/** One of each kind; `npm run mutants` grades with all. */
const sample = ['admin-for-users', 'no-details', 'both-do-the-work', 'page-repeats']

test(
  'the harness finds a fault of each kind that is planted in the server',
  { timeout: 120_000 },
  async t => {
    const { values } = readCommand(['--mutants', '--seed', process.env['TEST_SEED'] ?? 'mutants'])

    const grades = await gradeHarness(
      mutants.filter(({ id }) => sample.includes(id)),
      values,
      2
    )

    assert.equal(grades.length, sample.length)
    for (const {
      mutant: { id, what },
      killedBy,
      error
    } of grades) {
      assert.ok(
        killedBy.length > 0,
        `${id} (${what}) survived${error === undefined ? '' : `: ${error}`}`
      )
      t.diagnostic(`${id}: ${killedBy.join(', ')}`)
    }
  }
)
