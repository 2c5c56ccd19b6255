import { testBundles } from './compliance-bundles.ts'

// Of secondary customer profiles. The gem's own test makes one up.
const policySid = 'RNdfbf3fae0e1107f8aded0e7cead80bf5'

testBundles({
  test: 'test_mock_customer_profiles',
  path: '/v1/CustomerProfiles',
  field: 'customer_profile_sid',
  policySid,
  sdk: (client, policySid) => {
    const { customerProfiles } = client.trusthub.v1
    const endpoints = (sid: string) =>
      customerProfiles(sid).customerProfilesChannelEndpointAssignment
    return {
      create: () =>
        customerProfiles.create({ friendlyName: 'test', email: 'test@test.com', policySid }),
      submit: sid => customerProfiles(sid).update({ status: 'pending-review' }),
      assign: (sid, objectSid) =>
        customerProfiles(sid).customerProfilesEntityAssignments.create({ objectSid }),
      evaluate: sid => customerProfiles(sid).customerProfilesEvaluations.create({ policySid }),
      addNumber: (sid, channelEndpointSid) =>
        endpoints(sid).create({ channelEndpointType: 'phone-number', channelEndpointSid }),
      listNumbers: sid => endpoints(sid).list({ limit: 20 }),
      removeNumber: (sid, assignmentSid) => endpoints(sid)(assignmentSid).remove()
    }
  }
})
