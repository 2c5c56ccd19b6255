import { gem } from './as-the-gem.ts'
import { testBundles } from './compliance-bundles.ts'

// Of A2P messaging profiles. The gem's own test has two digits of it wrong.
const policySid = 'RNb0d4771c2c98518d916a3d4cd70a8f8b'

testBundles({
  test: 'test_mock_trust_products',
  path: '/v1/TrustProducts',
  field: 'trust_product_sid',
  policySid,
  sdk: (client, policySid) => {
    const { trustProducts } = client.trusthub.v1
    const endpoints = (sid: string) => trustProducts(sid).trustProductsChannelEndpointAssignment
    return {
      create: () =>
        trustProducts.create({ friendlyName: 'test', email: 'test@test.com', policySid }),
      submit: sid => trustProducts(sid).update({ status: 'pending-review' }),
      assign: (sid, objectSid) =>
        trustProducts(sid).trustProductsEntityAssignments.create({ objectSid }),
      evaluate: sid => trustProducts(sid).trustProductsEvaluations.create({ policySid }),
      addNumber: (sid, channelEndpointSid) =>
        endpoints(sid).create({ channelEndpointType: 'phone-number', channelEndpointSid }),
      listNumbers: sid => endpoints(sid).list({ limit: 20 }),
      removeNumber: (sid, assignmentSid) => endpoints(sid)(assignmentSid).remove()
    }
  },
  // A number is in a customer profile before it is in a product that stands on the profile.
  beforeNumber: async ({ sdk, ask }, sid) => {
    const profile = await sdk.trusthub.v1.customerProfiles.create({
      friendlyName: 'test',
      email: 'test@test.com',
      policySid: 'RNdfbf3fae0e1107f8aded0e7cead80bf5'
    })
    await ask('POST', `/v1/CustomerProfiles/${profile.sid}/ChannelEndpointAssignments`, {
      ChannelEndpointType: 'phone-number',
      ChannelEndpointSid: gem.numberSid
    })
    await ask('POST', `/v1/TrustProducts/${sid}/EntityAssignments`, { ObjectSid: profile.sid })
  }
})
