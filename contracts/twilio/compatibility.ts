import { matchesGlob } from 'node:path'

import { catalogue } from '../../mock-twilio/errors.ts'
import { operations } from '../../mock-twilio/operations.ts'
import { errorCauses, meaningOf } from './error-codes/catalogue.ts'
import type { ProcessEvidence } from './evidence.ts'
import { dig, documented, documentOf, files, isJson, type Json } from './openapi-judge.ts'

/*
 * What the mock can do, told by what its own tests have seen it do, beside what Twilio's OpenAPI documents
 * describe. An operation, a status or a parameter that no passing test has used does not count.
 */

export interface OperationReport {
  product: string
  /** Twilio's name of the resource. */
  resource: string
  id: string
  method: string
  path: string
  /** Whether the mock has it at all. */
  isServed: boolean
  documentedStatuses: string[]
  statuses: string[]
  /** The HTTP status and the code: `400 21211`. */
  refusals: string[]
  /** Sent with a request that succeeded, and looked at. */
  exercised: string[]
  /** Never looked at: taken, and without effect. */
  ignored: string[]
  /** Looked at, but no test has succeeded with it. */
  untried: string[]
}

export interface Compatibility {
  operations: OperationReport[]
  /** What the mock serves and Twilio's documents do not have. */
  undocumented: string[]
  callbacks: [kind: string, parameters: string[]][]
  /** Codes that tests have seen and that contracts/twilio/error-codes does not explain. */
  unexplained: string[]
}

/** The suites that speak for the mock. The server's would make the result depend on what else was run. */
export const speakingSuites = '{mock-twilio,contracts/twilio,simulator}/**/*.test.ts'

/** What is tried out at random proves something else in every run. */
const isRandom = /[./](?:fuzz|property)\.test\.ts$|\/models\//

export function speaksForTheMock(suite: string): boolean {
  return matchesGlob(suite, speakingSuites) && !isRandom.test(suite)
}

export function measure(all: readonly ProcessEvidence[]): Compatibility {
  const evidence = all.filter(({ suite }) => speaksForTheMock(suite))
  const failed = evidence.filter(({ passed }) => !passed).map(({ suite }) => suite)
  if (evidence.length === 0) throw new Error('there is no evidence of any suite of the mock')
  if (failed.length > 0) throw new Error(`tests that failed prove nothing: ${failed.join(', ')}`)

  const served = new Set(operations.map(keyOf))
  const described = [...files.keys()].flatMap(operationsOf)
  const known = new Set(described.map(({ key }) => key))
  return {
    operations: described.map(({ key, parameters, ...description }) => {
      const seen = evidence.flatMap(({ answers }) => answers[key] ?? [])
      const used = new Set(seen.flatMap(answers => answers.parameters))
      const read = new Set(seen.flatMap(answers => answers.reads))
      return {
        ...description,
        isServed: served.has(key),
        statuses: sorted(seen.flatMap(({ statuses }) => statuses.map(String))),
        refusals: sorted(seen.flatMap(({ refusals }) => refusals)).filter(isInCatalogue),
        exercised: parameters.filter(name => read.has(name) && used.has(name)),
        ignored: parameters.filter(name => !read.has(name)),
        untried: parameters.filter(name => read.has(name) && !used.has(name))
      }
    }),
    undocumented: sorted([...served].filter(key => !known.has(key))),
    callbacks: callbacksIn(evidence),
    unexplained: sorted(evidence.flatMap(codesIn)).filter(code => {
      return !errorCauses.some(cause => code === String(cause.code))
    })
  }
}

/** By product: how much of what Twilio documents the tests have covered. */
export interface Tally {
  product: string
  operations: readonly [covered: number, documented: number]
  statuses: readonly [covered: number, documented: number]
  /** Of the operations that the mock has. */
  parameters: readonly [exercised: number, documented: number]
}

export function tally({ operations }: Compatibility): Tally[] {
  return [...Map.groupBy(operations, ({ product }) => product)].map(([product, reports]) =>
    Object.assign(count(reports), { product })
  )
}

function count(reports: readonly OperationReport[]): Omit<Tally, 'product'> {
  const covered = reports.filter(isProven)
  const total = (number: (report: OperationReport) => number) =>
    reports.reduce((sum, report) => sum + number(report), 0)
  return {
    operations: [covered.length, reports.length],
    statuses: [
      total(({ statuses, documentedStatuses }) => {
        return statuses.filter(status => documentedStatuses.includes(status)).length
      }),
      total(({ documentedStatuses }) => documentedStatuses.length)
    ],
    parameters: [
      total(({ exercised }) => exercised.length),
      total(({ isServed, exercised, ignored, untried }) => {
        return isServed ? exercised.length + ignored.length + untried.length : 0
      })
    ]
  }
}

/** An operation counts when a test has seen it succeed. */
export function isProven({ isServed, statuses }: OperationReport): boolean {
  return isServed && statuses.length > 0
}

/** What the README tells: a row for each resource of which the mock has anything. */
export function summaryPage(compatibility: Compatibility): string {
  return lines([
    ...table(
      ['host', 'resource', 'operations', 'parameters', 'error codes'],
      resourcesIn(compatibility).map(({ product, resource, reports }) => {
        const refusals = sorted(reports.flatMap(report => report.refusals.map(codeOf)))
        return [
          product,
          resource,
          verbsOf(reports),
          outOf(count(reports).parameters),
          String(refusals.length || '')
        ]
      })
    ),
    '',
    ...table(
      ['callback', 'parameters'],
      compatibility.callbacks.map(([kind, parameters]) => [kind, names(parameters)])
    )
  ])
}

/** ListMessage and CreateMessage are list, create. */
function verbsOf(reports: readonly OperationReport[]): string {
  const verbOf = ({ id }: OperationReport) => /^[A-Z][a-z]+/.exec(id)?.[0].toLowerCase() ?? id
  const here = reports.filter(isProven).map(verbOf)
  const missing = reports.filter(report => !isProven(report)).map(verbOf)
  return [
    sorted(here).join(', '),
    ...(missing.length > 0 ? [`not ${sorted(missing).join(', ')}`] : [])
  ].join('; ')
}

/** The long page: every operation with its parameters, and every error code with its cause. */
export function fullPage(compatibility: Compatibility): string {
  return lines([
    '# Compatibility of mock-twilio',
    '',
    'Written by `npm run compatibility` from what passing tests have seen and from Twilio’s OpenAPI documents; nothing here is written by hand. A parameter counts when a request with it has succeeded and the operation has looked at it; *without effect* is what no operation looks at. Refusals that any request may meet (20003, 20004, 20429, 20500, 20503) are left out.',
    '',
    ...table(
      ['host', 'operations', 'status codes', 'parameters of these operations'],
      tally(compatibility).map(({ product, operations, statuses, parameters }) => [
        `${product}.twilio.com`,
        outOf(operations),
        outOf(statuses),
        outOf(parameters)
      ])
    ),
    ...resourcesIn(compatibility).flatMap(({ product, resource, reports }) => [
      '',
      `## ${resource} (${product}.twilio.com)`,
      ...reports.filter(({ isServed }) => isServed).flatMap(operationLines),
      ...notHere(reports)
    ]),
    ...(compatibility.undocumented.length === 0
      ? []
      : [
          '',
          '## Beyond the documents',
          '',
          ...compatibility.undocumented.map(key => `- \`${key}\``)
        ]),
    '',
    '## Error codes',
    '',
    'Each is provoked by a test. *later*: the message fails with it. *debugger*: it becomes an alert. *by a rule*: only a fault of the control API brings it about.',
    '',
    ...table(
      ['code', 'HTTP', 'meaning', 'cause'],
      errorCauses.map(({ code, status, cause, byRule }) => [
        String(code),
        String(status),
        meaningOf(code),
        byRule === true ? `${cause} (by a rule)` : cause
      ])
    )
  ])
}

interface Described {
  key: string
  product: string
  resource: string
  id: string
  method: string
  path: string
  documentedStatuses: string[]
  parameters: string[]
}

function operationsOf(product: string): Described[] {
  const described: Described[] = []
  for (const [path, item] of Object.entries(dig(documentOf(product), 'paths') ?? {})) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = dig(item, method)
      if (operation === undefined) continue
      const verb = method.toUpperCase()
      const { operationId } = operation
      described.push({
        key: `${product} ${verb} ${path}`,
        product,
        resource: resourceOf(operation, path),
        id: typeof operationId === 'string' ? operationId : `${verb} ${path}`,
        method: verb,
        path,
        documentedStatuses: Object.keys(dig(operation, 'responses') ?? {}),
        parameters: parametersOf(product, operation)
      })
    }
  }
  return described
}

/** Api20100401Message is Message. A document without tags is told by the paths. */
function resourceOf(operation: Json, path: string): string {
  const { tags } = operation
  const [tag]: unknown[] = Array.isArray(tags) ? tags : []
  if (typeof tag === 'string') return tag.replace(/^[A-Za-z]+?(?:20100401|V\d)(?=[A-Z])/, '')
  return path.split('/').findLast(part => part !== '' && !part.startsWith('{')) ?? path
}

function parametersOf(product: string, operation: Json): string[] {
  const { parameters } = operation
  const inQuery = (Array.isArray(parameters) ? parameters : [])
    .filter(isJson)
    .filter(parameter => parameter['in'] === 'query')
    .map(({ name }) => String(name))
  const content = dig(operation, 'requestBody', 'content') ?? {}
  const inBody = Object.values(content).flatMap(type =>
    Object.keys(dig(resolved(product, dig(type, 'schema')), 'properties') ?? {})
  )
  return [...inQuery, ...inBody]
}

function resolved(product: string, schema: Json | undefined): Json | undefined {
  const name = schema?.['$ref']
  if (typeof name !== 'string') return schema
  return dig(documentOf(product), ...name.split('/').slice(1))
}

function keyOf({ path: route, method }: { path: string; method: string }): string {
  const { product, path } = documented(route)
  return `${product} ${method} ${path}`
}

/** Faults may answer with any code; only those that the mock itself knows are the operation's. */
function isInCatalogue(refusal: string): boolean {
  return codeOf(refusal) in catalogue
}

function codeOf(refusal: string): string {
  return refusal.split(' ')[1] ?? ''
}

function codesIn({ answers, messageErrors, alerts }: ProcessEvidence): string[] {
  const refusals = Object.values(answers).flatMap(seen => seen.refusals.map(codeOf))
  return [...refusals, ...messageErrors.map(String), ...alerts.map(String)]
}

function callbacksIn(evidence: readonly ProcessEvidence[]): Compatibility['callbacks'] {
  // What is of no known kind was sent by a test of the sending itself.
  const kinds = sorted(evidence.flatMap(({ callbacks }) => Object.keys(callbacks))).filter(
    kind => !/^other: |^event without a type$/.test(kind)
  )
  return kinds.map(kind => [
    kind,
    sorted(evidence.flatMap(({ callbacks }) => callbacks[kind] ?? []))
  ])
}

function resourcesIn({ operations }: Compatibility) {
  const groups = Map.groupBy(operations, ({ product, resource }) => `${product} ${resource}`)
  return [...groups.values()].flatMap(reports => {
    const [first] = reports
    if (first === undefined || !reports.some(({ isServed }) => isServed)) return []
    return [{ product: first.product, resource: first.resource, reports }]
  })
}

function operationLines(report: OperationReport): string[] {
  const facts: [name: string, text: string][] = [
    ['parameters', names(report.exercised)],
    ['without effect', names(report.ignored)],
    ['not tested', names(report.untried)],
    ['refused with', sorted(report.refusals.map(codeOf)).join(', ')]
  ]
  const told = facts.filter(([, text]) => text !== '').map(([name, text]) => `- ${name}: ${text}`)
  return [
    '',
    `**${report.id}** \`${report.method} ${shortPath(report.path)}\` → ${report.statuses.join(', ') || 'no test'}`,
    ...(told.length === 0 ? [] : ['', ...told])
  ]
}

function notHere(reports: readonly OperationReport[]): string[] {
  const missing = reports.filter(({ isServed }) => !isServed).map(({ id }) => id)
  return missing.length === 0 ? [] : ['', `Not here: ${missing.join(', ')}.`]
}

function shortPath(path: string): string {
  return path.replace('/2010-04-01/Accounts/{AccountSid}/', '…/')
}

function names(all: readonly string[]): string {
  return all.map(name => `\`${name}\``).join(' ')
}

function outOf([some, all]: readonly [number, number]): string {
  return all === 0 ? '–' : `${some} of ${all}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cell = (text: string) => text.replaceAll('|', String.raw`\|`)
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.map(cell).join(' | ')} |`)
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted()
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
