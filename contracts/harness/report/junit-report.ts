import type { RunResult } from '../run.ts'
import { type Group, groups } from '../ledger.ts'
import { rowsOf } from './rows.ts'

/** The form that CI servers read: a suite for each group, a case for each operation and status it judged. */
export function junitReport(result: RunResult): string {
  const { ledger, options, ms } = result
  const rows = rowsOf(result)
  const suites = groups.flatMap(group => {
    const cases = rows.flatMap(({ subject, status, cells, title }) => {
      const { passed, failed } = cells[group]
      if (passed + failed === 0) return []
      const failures = ledger.failures.filter(
        each => each.group === group && each.subject === subject && each.status === status
      )
      return [testCase(group, `${title}${status === 0 ? '' : ` ${status}`}`, failures)]
    })
    const others = ledger.failures.filter(
      each =>
        each.group === group &&
        !rows.some(row => row.subject === each.subject && row.status === each.status)
    )
    const all = [
      ...cases,
      ...others.map(each => testCase(group, each.subject || each.check, [each]))
    ]
    if (all.length === 0) return []
    const failed = ledger.failures.filter(each => each.group === group).length
    return [
      `  <testsuite name="${group}" tests="${all.length}" failures="${failed}" time="${((result.groupMs[group] ?? 0) / 1_000).toFixed(3)}">\n${all.join('')}  </testsuite>\n`
    ]
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="contract" time="${(ms / 1_000).toFixed(3)}" failures="${ledger.failures.length}">\n  <properties><property name="seed" value="${escaped(options.seed)}"/><property name="url" value="${escaped(options.url)}"/></properties>\n${suites.join('')}</testsuites>\n`
}

function testCase(group: Group, name: string, failures: RunResult['ledger']['failures']): string {
  const told = failures
    .map(
      ({ check, message, curl }) =>
        `      <failure type="${escaped(check)}" message="${escaped(message)}">${escaped(curl)}</failure>\n`
    )
    .join('')
  const head = `    <testcase classname="${group}" name="${escaped(name)}"`
  return told === '' ? `${head}/>\n` : `${head}>\n${told}    </testcase>\n`
}

// XML has no way to write control characters.
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

const escaped = (text: string): string =>
  text
    .replaceAll(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
