import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsWhoami } from './whoami.ts'

describeJenkinsTool(jenkinsWhoami, {
  minimal: {},
  good: {},
  bad: [['known parameter', { user: 'a' }, '"user" is not a parameter. Known parameters: api_url, credentials_ref.']],
})
