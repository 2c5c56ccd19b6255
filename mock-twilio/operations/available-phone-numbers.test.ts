import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { account, build, firstNumber, type FormValues } from '../../contracts/twilio/judged-mock.ts'

const available = `${account}/AvailablePhoneNumbers`

interface Offer {
  phone_number: string
  region: string | null
  lata: string | null
  locality: string | null
  rate_center: string | null
  postal_code: string | null
  latitude: string | null
  longitude: string | null
  iso_country: string
  address_requirements: string
  beta: boolean
  capabilities: Record<string, boolean>
}

type Request = Awaited<ReturnType<typeof build>>['request']

function isOffers(value: unknown): value is Offer[] {
  return Array.isArray(value)
}

async function search(request: Request, filters: FormValues, path = 'US/Local'): Promise<Offer[]> {
  const { status, body } = await request('GET', `${available}/${path}.json`, filters)
  assert.equal(status, 200, JSON.stringify(body))
  const offers = body['available_phone_numbers']
  assert.ok(isOffers(offers))
  return offers
}

test('the answer is the numbers and its own address, and nothing else', async t => {
  const { request } = await build(t)

  const { body } = await request('GET', `${available}/US/Local.json`, {
    MmsEnabled: true,
    PageSize: 1,
    SmsEnabled: true
  })

  assert.deepEqual(Object.keys(body).toSorted(), ['available_phone_numbers', 'uri'])
  const [offer] = await search(request, { AreaCode: 808, InLocality: 'Hilo', PageSize: 1 })
  assert.deepEqual(
    [offer?.rate_center, offer?.lata, offer?.latitude, offer?.longitude, offer?.postal_code],
    ['HILO', '834', '19.720000', '-155.090000', '96720']
  )
})

test('thirty numbers are shown, as many as are wanted, or fifty at most', async t => {
  const { request } = await build(t)

  const usual = await search(request, {})
  const few = await search(request, { PageSize: 3 })
  const many = await search(request, { PageSize: 1000 })

  assert.deepEqual([usual.length, few.length, many.length], [30, 3, 50])
})

test('every number that is shown satisfies every filter, whatever their mixture', async t => {
  const { request } = await build(t)
  const boolean = fc.boolean()
  const filters = fc.record(
    {
      AreaCode: fc.constantFrom(601, 662, 212, 205, 808),
      Contains: fc.constantFrom('43', '601***', '+1601', '77$', 'CAT'),
      SmsEnabled: boolean,
      MmsEnabled: boolean,
      VoiceEnabled: boolean,
      FaxEnabled: boolean,
      ExcludeAllAddressRequired: boolean,
      ExcludeLocalAddressRequired: boolean,
      ExcludeForeignAddressRequired: boolean,
      Beta: boolean,
      InRegion: fc.constantFrom('MS', 'ms', 'NY', 'HI'),
      InLata: fc.constantFrom('482', '132', '834'),
      InLocality: fc.constantFrom('Jackson', 'Hilo', 'new york'),
      InPostalCode: fc.constantFrom('39201', '96720', '10003')
    },
    { requiredKeys: [] }
  )
  const property = fc.asyncProperty(filters, async wanted => {
    const offers = await search(request, { ...wanted, PageSize: 10 })
    for (const offer of offers) {
      for (const [name, value] of Object.entries(wanted)) {
        assert.ok(satisfies(offer, name, value), `${JSON.stringify(offer)} for ${name}=${value}`)
      }
    }
  })

  await fc.assert(property, { numRuns: 60, seed: Number(process.env['TEST_SEED'] ?? 601_555) })
})

function satisfies(offer: Offer, name: string, value: string | number | boolean): boolean {
  const national = offer.phone_number.slice(2)
  const same = (field: string | null) => field?.toLowerCase() === String(value).toLowerCase()
  switch (name) {
    case 'AreaCode':
      return national.startsWith(String(value))
    case 'Contains':
      return patterns.get(String(value))?.test(offer.phone_number) === true
    case 'SmsEnabled':
      return offer.capabilities['sms'] === value
    case 'MmsEnabled':
      return offer.capabilities['mms'] === value
    case 'VoiceEnabled':
      return offer.capabilities['voice'] === value
    case 'FaxEnabled':
      return offer.capabilities['fax'] === value
    case 'Beta':
      return value === true || !offer.beta
    case 'InRegion':
      return same(offer.region)
    case 'InLata':
      return same(offer.lata)
    case 'InLocality':
      return same(offer.locality)
    case 'InPostalCode':
      return same(offer.postal_code)
    default:
      return offer.address_requirements === 'none'
  }
}

const patterns = new Map([
  ['43', /^\+1\d*43/],
  ['601***', /^\+1\d*601\d{3}/],
  ['+1601', /^\+1601/],
  ['77$', /77$/],
  ['CAT', /^\+1\d*228/]
])

test('a rate center is one of a LATA', async t => {
  const { request } = await build(t)

  const offers = await search(request, { InRateCenter: 'hilo', InLata: 834, PageSize: 5 })
  const alone = await request('GET', `${available}/US/Local.json`, { InRateCenter: 'HILO' })

  assert.equal(offers.length, 5)
  assert.ok(offers.every(offer => offer.rate_center === 'HILO'))
  assert.equal(alone.body['code'], 20001)
})

test('nearness is measured in miles, from a number or a point', async t => {
  const { request } = await build(t)

  const nearJackson = await search(request, { NearNumber: firstNumber, Distance: 10 })
  const nearHilo = await search(request, { NearLatLong: '19.72,-155.09' })
  const far = await search(request, { NearLatLong: '19.72,-155.09', Distance: 250, PageSize: 50 })
  const atSea = await search(request, { NearLatLong: '30.0,-160.0' })

  assert.ok(nearJackson.length > 0)
  assert.equal(new Set(nearJackson.map(({ locality }) => locality)).size, 1)
  assert.ok(nearHilo.every(({ locality }) => locality === 'Hilo'))
  assert.deepEqual(
    new Set(far.map(({ locality }) => locality)),
    new Set(['Hilo', 'Honolulu', 'Kahului'])
  )
  assert.deepEqual(atSea, [])
})

test('a place may be named by a number that lies there', async t => {
  const { request } = await build(t)

  const offers = await search(request, { InRegion: firstNumber, InLata: firstNumber, PageSize: 5 })

  assert.equal(offers.length, 5)
  assert.ok(offers.every(({ region, lata }) => region === 'MS' && lata === '482'))
})

test('page after page, no number comes twice', async t => {
  const { request } = await build(t)
  const seen = new Set<string>()

  for (let page = 0; page < 8; page++) {
    for (const offer of await search(request, { Contains: '77', PageSize: 50, Page: page })) {
      assert.ok(!seen.has(offer.phone_number), offer.phone_number)
      seen.add(offer.phone_number)
    }
  }
  assert.equal(seen.size, 400)
})

test('addresses that a country asks for are a filter', async t => {
  const { request } = await build(t)
  const of = (path: string, filters: FormValues) =>
    search(request, { ...filters, PageSize: 2 }, path)

  assert.equal((await of('DE/Local', {})).length, 2)
  assert.equal((await of('DE/Local', { ExcludeLocalAddressRequired: true })).length, 0)
  assert.equal((await of('AU/Local', { ExcludeLocalAddressRequired: true })).length, 2)
  assert.equal((await of('AU/Local', { ExcludeAllAddressRequired: true })).length, 0)
  assert.equal((await of('GB/Mobile', { ExcludeAllAddressRequired: true })).length, 2)
  assert.equal((await of('GB/Local', { InLocality: 'Manchester' }))[0]?.locality, 'Manchester')
})

test('a filter that makes no sense is refused', async t => {
  const { request } = await build(t)
  const mistakes: [filters: FormValues, code: number, path?: string][] = [
    [{ AreaCode: 'abc' }, 21451],
    [{ AreaCode: '20' }, 21457, 'GB/Local'],
    [{ Contains: '4' }, 20001],
    [{ Contains: '**' }, 20001],
    [{ Contains: '55**55' }, 20001],
    [{ Contains: '12345678901234567' }, 20001],
    [{ Contains: '🚌🚌' }, 20001],
    [{ SmsEnabled: 'perhaps' }, 20001],
    [{ NearNumber: '555' }, 21401],
    [{ NearNumber: '+15005550006' }, 21401],
    [{ NearLatLong: 'here' }, 20001],
    [{ NearLatLong: '30,-90', Distance: 501 }, 20001],
    [{ PageSize: 'many' }, 20001],
    [{}, 20404, 'US/Mobile'],
    [{}, 20404, 'XX/Local'],
    [{}, 20404, '__proto__/Local']
  ]

  for (const [filters, code, path = 'US/Local'] of mistakes) {
    const { body } = await request('GET', `${available}/${path}.json`, filters)
    assert.equal(body['code'], code, `${path} ${JSON.stringify(filters)}`)
  }
})
