import { busCampaign, policySids, tollfreeDetails } from '../../../mock-twilio/testing/district.ts'
import type { Answer, Built, FormValues } from '../judged-mock.ts'
import {
  aNumber,
  firstNumber,
  person,
  refused,
  service,
  services,
  told,
  type ErrorCause
} from './cause.ts'

const profiles = '/trusthub/v1/CustomerProfiles'
const products = '/trusthub/v1/TrustProducts'
const brands = '/messaging/v1/a2p/BrandRegistrations'
const campaigns = `${services}/${service}/Compliance/Usa2p`
const verifications = '/messaging/v1/Tollfree/Verifications'
const someBundle = `BU${'F'.repeat(32)}`
const token = { VettingProvider: 'campaign-verify', VettingId: 'cv|1.0|tcr|10dlc|9975c339|GQ3' }

export const complianceErrors: ErrorCause[] = [
  profile(22203, 'a bundle approves itself', { Status: 'twilio-approved' }),
  profile(22204, 'a bundle is handed in and renamed at once', {
    Status: 'pending-review',
    FriendlyName: 'South'
  }),
  assigning(22205, 'an object whose sid is none is assigned', 'IT1'),
  assigning(22206, 'a number is assigned as if it were a document', `PN${'9'.repeat(32)}`),
  refused(22207, 400, 'attributes that are no JSON', ({ request }) =>
    request('POST', '/trusthub/v1/EndUsers', {
      FriendlyName: 'Ada',
      Type: 'authorized_representative_1',
      Attributes: '{'
    })
  ),
  refused(22210, 400, 'a document without a type', ({ request }) =>
    request('POST', '/trusthub/v1/SupportingDocuments', { FriendlyName: 'Paper' })
  ),
  refused(22211, 400, 'a document without a name', ({ request }) =>
    request('POST', '/trusthub/v1/SupportingDocuments', { Type: 'business' })
  ),
  refused(20409, 409, 'a bundle is deleted while it is reviewed', async built => {
    const path = await aBundle(built, profiles)
    await built.request('POST', path, { Status: 'pending-review' })
    return built.request('DELETE', path)
  }),
  evaluating(22214, 'an end user that the policy wants is missing'),
  evaluating(22216, 'a document that the policy wants is missing'),
  evaluating(22219, 'a document lacks its address'),
  evaluating(22215, 'an end user lacks its email', 'EndUsers', 'authorized_representative_1'),

  refused(21726, 400, 'a starter brand', built => register(built, { BrandType: 'STARTER' })),
  refused(21725, 400, 'a brand that has not failed is handed in again', async built =>
    built.request('POST', await aBrand(built))
  ),
  refused(21724, 400, 'a failed brand is handed in for the fourth time', async built => {
    built.mock.world().faults.add({
      match: { operation: 'review-brand' },
      effect: { type: 'outcome', status: 'FAILED' }
    })
    const path = await anApprovedBrand(built)
    for (let time = 0; time < 3; time++) {
      await built.request('POST', path)
      await built.mock.clock.advance('1 min')
    }
    return built.request('POST', path)
  }),
  refused(21721, 400, 'a token is imported before its brand is approved', async built =>
    built.request('POST', `${await aBrand(built)}/Vettings`, token)
  ),
  refused(21722, 400, 'a token of Campaign Verify that is none', async built =>
    built.request('POST', `${await anApprovedBrand(built)}/Vettings`, {
      ...token,
      VettingId: 'hello'
    })
  ),
  refused(21723, 400, 'a token is imported while another one is', async built => {
    const path = `${await anApprovedBrand(built)}/Vettings`
    await built.request('POST', path, token)
    return built.request('POST', path, token)
  }),
  told(30795, 200, 'a brand whose EIN is none', async built => {
    const CustomerProfileBundleSid = await anApproved(built, profiles, {
      type: 'customer_profile_business_information',
      attributes: {
        business_registration_identifier: 'EIN',
        business_registration_number: '12-34'
      }
    })
    const A2PProfileBundleSid = await anApproved(built, products)
    const form = { CustomerProfileBundleSid, A2PProfileBundleSid, Mock: false }
    const { body } = await register(built, form)
    await built.mock.clock.advance('1 min')
    return built.request('GET', `${brands}/${body.sid}`)
  }),

  refused(21717, 400, 'a campaign of a brand that is not approved', async built =>
    campaign(built, { BrandRegistrationSid: sidOf(await aBrand(built)) })
  ),
  ofCampaign(21720, 'a use case that does not exist', { UsAppToPersonUsecase: 'BUSES' }),
  ofCampaign(21727, 'a campaign without a description', { Description: '' }),
  ofCampaign(21728, 'a description of five letters', { Description: 'Buses' }),
  refused(20409, 409, 'a second campaign of one service', async built => {
    const BrandRegistrationSid = sidOf(await anApprovedBrand(built))
    await campaign(built, { BrandRegistrationSid })
    return campaign(built, { BrandRegistrationSid })
  }),
  told(30892, 200, 'a campaign with a public shortener in a sample', async built => {
    const { body } = await campaign(built, {
      BrandRegistrationSid: sidOf(await anApprovedBrand(built)),
      MessageSamples: ['Bus 7: see http://bit.ly/3xYz now', 'Schools are closed tomorrow.']
    })
    await built.mock.clock.advance('1 min')
    return built.request('GET', `${campaigns}/${body.sid}`)
  }),

  refused(20409, 409, 'a toll-free number is verified twice', async built => {
    const form = await aVerification(built)
    await built.request('POST', verifications, form)
    return built.request('POST', verifications, form)
  }),
  refused(30436, 400, 'a local number is verified as a toll-free one', async built => {
    const [local] = built.mock.world().numbers.keys()
    const form = { ...(await aVerification(built)), TollfreePhoneNumberSid: local ?? '' }
    return built.request('POST', verifications, form)
  }),
  told(30501, 200, 'a political campaign on a toll-free number, without a token', async built => {
    const { body } = await built.request('POST', verifications, {
      ...(await aVerification(built)),
      UseCaseCategories: 'POLITICAL_ELECTION_CAMPAIGNS'
    })
    await built.mock.clock.advance('1 min')
    return built.request('GET', `${verifications}/${body.sid}`)
  }),

  told(30646, 201, 'a consent of the day after tomorrow', ({ request }) =>
    request('POST', '/accounts/v1/Consents/Bulk', {
      Items: [
        JSON.stringify({
          contact_id: person,
          correlation_id: 'ad388b5a46b33b874b0d41f7226db2ef',
          sender_id: firstNumber,
          status: 'opt-out',
          source: 'website',
          date_of_consent: '2026-11-25T10:05:27Z'
        })
      ]
    })
  )
]

function profile(code: number, cause: string, form: FormValues): ErrorCause {
  return refused(code, 400, cause, async built =>
    built.request('POST', await aBundle(built, profiles), form)
  )
}

function assigning(code: number, cause: string, ObjectSid: string): ErrorCause {
  return refused(code, 400, cause, async built =>
    built.request('POST', `${await aBundle(built, profiles)}/EntityAssignments`, { ObjectSid })
  )
}

/** A primary profile is evaluated that has nothing in it, or one object without any attribute. */
function evaluating(code: number, cause: string, collection?: string, type = ''): ErrorCause {
  return told(code, 201, cause, async built => {
    const path = await aBundle(built, profiles)
    if (collection !== undefined) await assign(built, path, collection, type, {})
    return built.request('POST', `${path}/Evaluations`, { PolicySid: policySids.primaryProfile })
  })
}

function ofCampaign(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, async built =>
    campaign(built, { BrandRegistrationSid: sidOf(await anApprovedBrand(built)), ...fields })
  )
}

function campaign({ request }: Built, form: FormValues): Promise<Answer> {
  return request('POST', campaigns, { ...busCampaign, ...form })
}

/** Gives its path. */
async function aBundle(
  { request }: Built,
  collection: string,
  PolicySid: string = policySids.primaryProfile
): Promise<string> {
  const form = { FriendlyName: 'North', Email: 'a@district.example', PolicySid }
  return `${collection}/${(await request('POST', collection, form)).body.sid}`
}

async function assign(
  { request }: Built,
  bundle: string,
  collection: string,
  Type: string,
  attributes: object
): Promise<void> {
  const { body } = await request('POST', `/trusthub/v1/${collection}`, {
    FriendlyName: Type,
    Type,
    Attributes: JSON.stringify(attributes)
  })
  await request('POST', `${bundle}/EntityAssignments`, { ObjectSid: body.sid })
}

/** Of a policy that this mock does not know, so that nothing has to be in the bundle. Gives its sid. */
async function anApproved(
  built: Built,
  collection: string,
  endUser?: { type: string; attributes: object }
): Promise<string> {
  const path = await aBundle(built, collection, `RN${'F'.repeat(32)}`)
  if (endUser !== undefined) await assign(built, path, 'EndUsers', endUser.type, endUser.attributes)
  await built.request('POST', path, { Status: 'pending-review' })
  await built.mock.clock.advance('10 s')
  return sidOf(path)
}

function register({ request }: Built, form: FormValues = {}): Promise<Answer> {
  return request('POST', brands, {
    CustomerProfileBundleSid: someBundle,
    A2PProfileBundleSid: someBundle,
    Mock: true,
    ...form
  })
}

/** Gives its path. */
async function aBrand(built: Built): Promise<string> {
  return `${brands}/${(await register(built)).body.sid}`
}

async function anApprovedBrand(built: Built): Promise<string> {
  const path = await aBrand(built)
  await built.mock.clock.advance('1 min')
  return path
}

async function aVerification(built: Built): Promise<FormValues> {
  return { ...tollfreeDetails, TollfreePhoneNumberSid: await aNumber(built, '+18005550134') }
}

function sidOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}
