import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import {
  fullPage,
  isProven,
  measure,
  speakingSuites,
  speaksForTheMock,
  summaryPage,
  tally
} from '../contracts/twilio/compatibility.ts'
import { errorCauses } from '../contracts/twilio/error-codes/catalogue.ts'
import { readEvidence, type ProcessEvidence } from '../contracts/twilio/evidence.ts'
import { runTests } from './run-tests.ts'

/**
 * Runs the tests of mock-twilio and writes what they have seen into its README and COMPATIBILITY.md.
 *
 *   npm run compatibility                               runs them and writes
 *   npm run compatibility -- --check                    runs them, and fails when a page is stale
 *   npm run compatibility -- --evidence data/evidence   takes what a whole npm test has left there
 */
const suites = globSync(speakingSuites).filter(speaksForTheMock)
const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, evidence: { type: 'string' } }
})

const collect = async (): Promise<ProcessEvidence[]> => {
  if (options.evidence !== undefined) {
    if (existsSync(options.evidence)) return readEvidence(options.evidence)
    throw new Error(`${options.evidence} is not there: a whole npm test makes it`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'))
  try {
    const code = await runTests([...suites, '--test-reporter=dot'], { EVIDENCE_FOLDER: folder })
    if (code !== 0) throw new Error('The tests failed: what they have seen is no evidence.')
    return readEvidence(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const compatibility = measure(await collect())
const readme = readFileSync('mock-twilio/README.md', 'utf8')
const pages = {
  'mock-twilio/README.md': readme.replace(
    /<!-- compatibility -->[\s\S]*<!-- \/compatibility -->/,
    () => `<!-- compatibility -->\n\n${summaryPage(compatibility)}\n<!-- /compatibility -->`
  ),
  'mock-twilio/COMPATIBILITY.md': fullPage(compatibility)
}

for (const { product, operations, statuses, parameters } of tally(compatibility)) {
  const outOf = ([some, all]: readonly [number, number]) => `${some} of ${all}`
  process.stdout.write(
    `${product}: ${outOf(operations)} operations, ${outOf(statuses)} status codes, ${outOf(parameters)} parameters of Twilio's document\n`
  )
}
const unproven = compatibility.operations.filter(one => one.isServed && !isProven(one))
for (const { product, id } of unproven) {
  process.stdout.write(`${product}: no test has seen ${id} succeed\n`)
}
process.stdout.write(
  `${new Set(errorCauses.map(({ code }) => code)).size} error codes, ${compatibility.callbacks.length} kinds of callbacks\n`
)
if (compatibility.unexplained.length > 0) {
  process.stdout.write(
    `seen, but not in contracts/twilio/error-codes: ${compatibility.unexplained.join(', ')}\n`
  )
}

for (const [name, text] of Object.entries(pages)) {
  if (!options.check) writeFileSync(name, text)
  else if (!existsSync(name) || readFileSync(name, 'utf8') !== text) {
    process.stderr.write(`${name} is stale: run npm run compatibility and commit it\n`)
    process.exitCode = 1
  }
}
