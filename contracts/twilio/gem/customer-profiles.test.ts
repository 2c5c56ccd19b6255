import { testBundles } from './compliance-bundles.ts'

// Of secondary customer profiles. The gem's own test makes one up.
const policySid = 'RNdfbf3fae0e1107f8aded0e7cead80bf5'

testBundles({
  test: 'test_mock_customer_profiles',
  path: '/v1/CustomerProfiles',
  field: 'customer_profile_sid',
  policySid,
  sdk: ({ sdk }) =>
    sdk.trusthub.v1.customerProfiles.create({
      friendlyName: 'Test friendly_name',
      email: 'test@test.com',
      policySid
    })
})
