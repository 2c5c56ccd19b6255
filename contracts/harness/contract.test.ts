import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { aDatabase, onEachDatabase } from '../../server/testing/build.ts'
import { groups } from './ledger.ts'
import { readCommand, simulatorToken, simulatorZoomSecret } from './options.ts'
import { htmlReport } from './report/html-report.ts'
import { jsonReport } from './report/json-report.ts'
import { junitReport } from './report/junit-report.ts'
import { rowsOf } from './report/rows.ts'
import { runContract } from './run.ts'
import { startStackProcess } from './started-stack.ts'

const seed = process.env['TEST_SEED'] ?? 'contract'
const dependentOnDatabase = ['access', 'state', 'idempotency', 'pages'] as const
const settings = { CLIENT_EVENT_TIMEOUT_MS: '1000', RATE_LIMIT_PER_MINUTE: '9000' }

onEachDatabase(dialect => {
  test(
    `the server keeps its contract, and nothing documented is left unseen (seed ${seed})`,
    { timeout: 300_000 },
    async t => {
      const database = await aDatabase(dialect)
      t.after(() => database.drop())
      const stack = await startStackProcess({
        environment: { ...settings, DATABASE_URL: database.url }
      })
      t.after(() => stack.stop())
      const { values } = readCommand(['--url', stack.url, '--token', stack.token, '--seed', seed])

      const result = await runContract({
        ...values,
        mockTwilio: stack.mockTwilio,
        signingToken: simulatorToken,
        mockZoom: stack.mockZoom,
        zoomSecret: simulatorZoomSecret,
        serverPid: stack.pid,
        eventTimeoutMs: 1_000,
        rateProbe: 12_000,
        // The second judge sees every exchange of `npm run contract`, and the message path in a test of its own.
        prism: false,
        // What a database could change, both see.
        only: dialect === 'sqlite' ? groups : [...dependentOnDatabase],
        runId: `${seed}-${dialect}`
      })

      assert.deepEqual(
        result.ledger.failures.map(({ check, subject, message, curl }) => [
          check,
          subject,
          message,
          curl
        ]),
        [],
        stack.output()
      )
      const holes = rowsOf(result).filter(({ isHole }) => isHole)
      if (dialect === 'sqlite')
        assert.deepEqual(
          holes.map(({ title, status }) => `${title} ${status}`),
          []
        )
      t.diagnostic(
        `${result.ledger.exchanges} exchanges, ${result.ledger.passes} checks, ${Math.round(result.ms)} ms`
      )

      const junit = junitReport(result)
      assert.equal(XMLValidator.validate(junit), true)
      const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(junit)
      assert.equal(testsuites['@_failures'], '0')
      assert.deepEqual(JSON.parse(jsonReport(result)).failures, [])
      const page = htmlReport(result)
      assert.doesNotMatch(page, /<(script|link|img)\b|src=|@import/)
      assert.doesNotMatch(page + junit + jsonReport(result), new RegExp(stack.token))
    }
  )
})

test('arguments that make no sense are refused with what would', () => {
  assert.throws(() => readCommand([]), /--url and --token are needed/)
  assert.throws(() => readCommand(['--start', '--only', 'everything']), /--only takes shape/)
  assert.throws(() => readCommand(['--start', '--runs', 'many']), /--runs must be a whole number/)
  assert.throws(() => readCommand(['--start', '--retry-schedule', 'soon']), /written like 5s/)
})
