import type { Exchange } from '../client.ts'
import { bodyConstraints, parameterConstraints } from '../constraints.ts'
import type { Operation } from '../document.ts'
import { isRecord, list, textsIn, withValue, textIn } from '../json.ts'
import { signed } from '../recipes/provider-callbacks.ts'
import {
  type Actor,
  type Case,
  expectedStatus,
  inParallel,
  recordOf,
  type World
} from '../world/world.ts'
import { hasPathParameters } from './absent.ts'

/** Each constraint broken by itself: the right status, and a detail that names the very field. */
export async function checkRefusals(world: World): Promise<void> {
  await inParallel(world.operations, operation => refuse(world, operation))
  await wrongMethods(world)
}

async function refuse(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  if (recipe.needs?.(world) !== undefined) return
  const actor = await world.actorFor(operation)
  const valid = await recipe.valid(world, actor)
  await breakParameters(world, operation, actor, valid)
  if (operation.bodies.size === 0) return
  if (recipe.signed === true) return breakForm(world, operation, valid)
  if (operation.bodies.has('application/json')) await breakBody(world, operation, actor, valid)
  await breakMedia(world, operation, actor, valid)
  await leavesTheRequestUsable(world, operation, actor, valid)
}

/** The fields that a refusal names. */
export const fieldsNamed = (exchange: Exchange): string[] => {
  const error = recordOf(exchange)['error']
  return isRecord(error)
    ? list(error['details']).flatMap(detail => (isRecord(detail) ? String(detail['field']) : []))
    : []
}

/** What is wrong with a refusal of one broken value. */
function refusalProblem(exchange: Exchange, field: string, what: string): string | undefined {
  if (exchange.status !== 422)
    return `${what} must be refused with 422, got ${exchange.status}: ${exchange.text.slice(0, 200)}`
  const fields = fieldsNamed(exchange)
  if (!fields.includes(field))
    return `${what}: details must name ${field}, they name ${fields.join(', ') || 'nothing'}`
  const others = fields.filter(
    name => name !== field && !name.startsWith(`${field}.`) && !name.startsWith(`${field}[`)
  )
  if (others.length > 0) return `${what}: details name ${others.join(', ')} too, which are right`
  const error = recordOf(exchange)['error']
  const messages = isRecord(error)
    ? [
        error['message'],
        ...list(error['details']).map(detail => isRecord(detail) && detail['message'])
      ]
    : []
  return messages.every(message => typeof message === 'string' && message.length > 5)
    ? undefined
    : `${what}: the message does not say what is wrong`
}

async function breakParameters(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case
): Promise<void> {
  for (const parameter of operation.parameters) {
    const { wrong } = parameterConstraints(parameter.schema)
    for (const [kind, value] of wrong) {
      if (parameter.in === 'path' && value === '') continue
      const request =
        parameter.in === 'path'
          ? { ...valid, params: { ...valid.params, [parameter.name]: value } }
          : parameter.in === 'query'
            ? { ...valid, query: { ...valid.query, [parameter.name]: value } }
            : { ...valid, headers: { ...valid.headers, [parameter.name]: value } }
      // An empty header is no header.
      if (parameter.in === 'header' && value === '') continue
      const exchange = await world.send(operation, actor, request)
      const what = `${parameter.name}=${value.slice(0, 60)} (${kind})`
      world.judge_(
        'refusals',
        'parameters',
        exchange,
        refusalProblem(exchange, parameter.name, what)
      )
    }
    if (/\bRequired\b/.test(textIn(parameter.schema['description'])) && valid.query) {
      const { [parameter.name]: _, ...query } = valid.query
      const exchange = await world.send(operation, actor, { ...valid, query })
      world.judge_(
        'refusals',
        'parameters',
        exchange,
        refusalProblem(exchange, parameter.name, `no ${parameter.name}`)
      )
    }
    if (parameter.in === 'path' && parameter.schema['type'] === 'string')
      await hostilePath(world, operation, actor, valid, parameter.name)
  }
}

/** An id that no resource has, in letters that no resource should see: absent or wrong, never an accident. */
async function hostilePath(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case,
  name: string
): Promise<void> {
  const hostile = ['\0', "' or '1'='1", '../../admin/bearers', '%', '🎉'.repeat(20), '__proto__']
  for (const value of hostile) {
    const request = { ...valid, params: { ...valid.params, [name]: value } }
    const isSigned = world.recipe(operation).signed === true
    const exchange = await world.send(
      operation,
      actor,
      isSigned ? signed(world, operation, request) : request,
      { around: true }
    )
    // The provider hears nothing in a call that nobody knows; an error would be read to whoever is in it.
    const isRight = isSigned
      ? exchange.status < 300 || (value === '\0' && exchange.status === 422)
      : exchange.status === 404 || exchange.status === 422
    world.judge_(
      'refusals',
      'hostile-ids',
      exchange,
      isRight
        ? undefined
        : `${name}=${JSON.stringify(value)} must be absent or wrong, got ${exchange.status}`
    )
  }
}

async function breakBody(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case
): Promise<void> {
  const recipe = world.recipe(operation)
  const schema = operation.bodies.get('application/json')?.schema ?? {}
  const base = valuesInBody(operation, valid)
  const { violations } = bodyConstraints(schema, {
    resolve: world.document.resolve,
    random: world.random,
    samples: recipe.samples ?? {}
  })
  for (const { path, value, field, kind } of violations) {
    if (recipe.lenient?.some(each => field.startsWith(each))) continue
    // What a person's phone sent must not cost the event.
    if (operation.access === 'provider' && kind === 'null byte') continue
    // A body that may be absent may be null.
    if (path.length === 0 && !operation.bodyRequired && value === null) continue
    const body = path.length === 0 ? value : withValue(base.body, path, value)
    const exchange = await world.send(operation, actor, { ...base, body })
    const shown = value === undefined ? 'absent' : JSON.stringify(value)?.slice(0, 60)
    world.judge_(
      'refusals',
      'body',
      exchange,
      refusalProblem(exchange, field, `${field} ${shown} (${kind})`)
    )
  }
  if (operation.method === 'GET') return
  await hostileBody(world, operation, actor, valid)
  if (!operation.bodyRequired) return
  const exchange = await world.send(operation, actor, { ...valid, body: undefined })
  world.judge_(
    'refusals',
    'body',
    exchange,
    exchange.status === 422 || exchange.status === 400
      ? undefined
      : `no body must be refused with 400 or 422, got ${exchange.status}`
  )
}

/** A GET whose values may stand in its query or in its body: here they stand in the body. */
function valuesInBody({ method }: Operation, valid: Case): Case {
  if (method !== 'GET' || !valid.query) return valid
  const { query, ...rest } = valid
  return { ...rest, body: query }
}

/** Names with a meaning of their own to JavaScript, and half a character. */
async function hostileBody(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case
): Promise<void> {
  const json = JSON.stringify(valid.body ?? {})
  const bodies: [string, string][] = [
    ['__proto__', json.replace('{', '{"__proto__":{"bearer_type":"Admin"},')],
    ['constructor', json.replace('{', '{"constructor":{"prototype":{"a":1}},')]
  ]
  const [text] = [...textsIn(valid.body)].filter(([, value]) => value.length > 3)
  if (text) {
    const [path] = text
    const marked = JSON.stringify(withValue(valid.body, path, 'HALF-A-CHARACTER'))
    bodies.push(['half a character', marked.replace('HALF-A-CHARACTER', String.raw`a\ud83d`)])
  }
  for (const [what, content] of bodies) {
    const raw = { type: 'application/json', content: content.replace(/,\}$/, '}') }
    const exchange = await world.send(operation, actor, { ...valid, raw }, { around: true })
    // A name that nobody asked for may also be passed over.
    const isOfProvider = operation.access === 'provider'
    const isHarmless = (what !== 'half a character' || isOfProvider) && exchange.status < 500
    world.judge_(
      'refusals',
      'hostile-bodies',
      exchange,
      exchange.status === 422 || exchange.status === 400 || isHarmless
        ? undefined
        : `${what} must be refused, got ${exchange.status}`
    )
  }
}

/** Not JSON, not UTF-8, not the media type, nothing at all, too much. */
async function breakMedia(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case
): Promise<void> {
  const json = JSON.stringify(valid.body ?? {})
  const cases: [string, number, NonNullable<Case['raw']>][] = [
    ['broken JSON', 400, { type: 'application/json', content: json.slice(0, -1) }],
    ['a comma too many', 400, { type: 'application/json', content: `${json.slice(0, -1)},}` }],
    [
      'not UTF-8',
      400,
      { type: 'application/json', content: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }
    ],
    ['XML', 415, { type: 'application/xml', content: '<a/>' }],
    ['JSON called text', 415, { type: 'text/plain', content: json }]
  ]
  if (!operation.bodies.has('application/x-www-form-urlencoded'))
    cases.push(['a form', 415, { type: 'application/x-www-form-urlencoded', content: 'a=1' }])
  if (!operation.bodies.has('application/json')) for (const each of cases) each[1] = 415
  else if (operation.method !== 'GET')
    cases.push(['an empty body called JSON', 400, { type: 'application/json', content: '' }])
  for (const [what, status, raw] of cases) {
    const exchange = await world.send(operation, actor, { ...valid, raw }, { around: true })
    const code = recordOf(exchange)['error']
    world.judge_(
      'refusals',
      'media',
      exchange,
      exchange.status === status && isRecord(code)
        ? undefined
        : `${what} must be refused with ${status}, got ${exchange.status}: ${exchange.text.slice(0, 200)}`
    )
  }
}

/** A refusal used nothing up: the same request, put right, succeeds. */
async function leavesTheRequestUsable(
  world: World,
  operation: Operation,
  actor: Actor,
  valid: Case
): Promise<void> {
  const exchange = await world.send(operation, actor, valid)
  const expected = expectedStatus(world, operation)
  world.judge_(
    'refusals',
    'no-trace',
    exchange,
    exchange.status === expected
      ? undefined
      : `after refusals of its wrong variants the right request must get ${expected}, got ${exchange.status}: ${exchange.text.slice(0, 200)}`
  )
}

/** A provider's form: only what it takes. */
async function breakForm(world: World, operation: Operation, valid: Case): Promise<void> {
  const [another, content] = operation.bodies.has('application/json')
    ? ['application/x-www-form-urlencoded', 'a=1']
    : ['application/json', '{}']
  const cases: [string, number, Case][] = [
    [another, 415, { ...valid, raw: { type: another, content } }],
    ['XML', 415, { ...valid, raw: { type: 'application/xml', content: '<a/>' } }]
  ]
  for (const [what, status, request] of cases) {
    const exchange = await world.send(operation, null, request, { around: true })
    world.judge_(
      'refusals',
      'media',
      exchange,
      exchange.status === status
        ? undefined
        : `${what} must be refused with ${status}, got ${exchange.status}`
    )
  }
  const strange = signed(world, operation, {
    ...valid,
    body: { Body: 'a\0b', __proto__x: '1', 'a[b]': '2' }
  })
  const exchange = await world.send(operation, null, strange, { around: true })
  world.judge_(
    'refusals',
    'hostile-bodies',
    exchange,
    exchange.status < 300
      ? undefined
      : `a strange form that is rightly signed must be taken, got ${exchange.status}`
  )
}

const allMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** A method that a path does not have: 405, and `Allow` tells which it has. */
async function wrongMethods(world: World): Promise<void> {
  const patterns = Map.groupBy(world.document.operations, ({ path }) => path)
  await inParallel([...patterns.entries()], async ([path, operations]) => {
    const [operation] = operations
    if (!operation || !world.operations.includes(operation)) return
    const url = path.replaceAll(/\{\w+\}/g, '1')
    // Another path may be meant by the same URL: /messages/images_lambda is also /messages/{uuid}.
    const allowed = new Set(
      world.document.operations
        .filter(each => new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url))
        .map(each => each.method)
    )
    for (const method of allMethods.filter(each => !allowed.has(each))) {
      const exchange = await world.send(
        operation,
        world.admin,
        {},
        { url, method, around: true, offDocument: true }
      )
      const told = new Set(
        (exchange.headers['allow'] ?? '').split(/, */).filter(each => allMethods.includes(each))
      )
      const problem =
        exchange.status !== 405
          ? `${method} ${url} must be 405, got ${exchange.status}`
          : told.symmetricDifference(allowed).size > 0
            ? `${method} ${url}: Allow must tell ${[...allowed].join(', ')}, got ${exchange.headers['allow']}`
            : undefined
      world.judge_('refusals', 'methods', exchange, problem)
    }
    if (!hasPathParameters(operation)) {
      const exchange = await world.send(
        operation,
        world.admin,
        {},
        { url: `${url}/nothing/here/at/all`, around: true, offDocument: true }
      )
      world.judge_(
        'refusals',
        'methods',
        exchange,
        exchange.status === 404 || exchange.status === 405
          ? undefined
          : `an unknown path must be 404, got ${exchange.status}`
      )
    }
  })
}
