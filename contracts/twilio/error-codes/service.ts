import type { Built } from '../judged-mock.ts'
import { aNumber, account, numbers, refused, service, services, type ErrorCause } from './cause.ts'

const pool = `${services}/${service}/PhoneNumbers`

export const serviceErrors: ErrorCause[] = [
  refused(20001, 400, 'a messaging service without a name', ({ request }) =>
    request('POST', services)
  ),
  refused(20001, 400, 'a flag that is neither true nor false', ({ request }) =>
    request('POST', `${services}/${service}`, { StickySender: 'perhaps' })
  ),
  refused(20002, 400, 'a service whose name is taken away', ({ request }) =>
    request('POST', `${services}/${service}`, { FriendlyName: '' })
  ),
  refused(21402, 400, 'a service whose inbound address is no URL', ({ request }) =>
    request('POST', `${services}/${service}`, { InboundRequestUrl: 'nowhere' })
  ),
  refused(21421, 400, 'a number that the account does not have joins a service', ({ request }) =>
    request('POST', pool, { PhoneNumberSid: `PN${'9'.repeat(32)}` })
  ),
  refused(21710, 409, 'a number joins its service twice', async ({ request, mock }) => {
    const [number] = mock.world().numbers.keys()
    return request('POST', pool, { PhoneNumberSid: number ?? '' })
  }),
  refused(21712, 409, 'a number of one service joins another', async ({ request, mock }) => {
    const [number] = mock.world().numbers.keys()
    const other = await request('POST', services, { FriendlyName: 'Other' })
    return request('POST', `${services}/${other.body.sid}/PhoneNumbers`, {
      PhoneNumberSid: number ?? ''
    })
  }),
  refused(21709, 400, 'a sender’s name that no phone shows', ({ request }) =>
    request('POST', `${services}/${service}/AlphaSenders`, { AlphaSender: '$$$' })
  ),
  refused(21715, 400, 'a number that only calls joins a service', async built => {
    const found = await built.request('GET', `${account}/AvailablePhoneNumbers/US/Local.json`, {
      SmsEnabled: false,
      PageSize: 1
    })
    const [offer] = Object(found.body['available_phone_numbers'])
    return built.request('POST', pool, {
      PhoneNumberSid: await aNumber(built, offer.phone_number)
    })
  }),
  refused(21714, 412, 'the 401st number joins a service', async built => {
    fill(built)
    const { body } = await built.request('POST', numbers, { PhoneNumber: '+12125550147' })
    return built.request('POST', pool, { PhoneNumberSid: body.sid })
  })
]

function fill({ mock }: Built): void {
  const world = mock.world()
  world.removeService(world.services.get(service) ?? world.addService({ sid: service }))
  world.addService({
    sid: service,
    phone_numbers: Array.from({ length: 400 }, (_, index) => `+1601556${1000 + index}`)
  })
}
