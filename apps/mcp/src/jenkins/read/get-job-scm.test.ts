import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetJobScm } from './get-job-scm.ts'

describeJenkinsTool(jenkinsGetJobScm, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web' },
  bad: [
    [
      'known parameter',
      { branch: 'main' },
      '"branch" is not a parameter. Known parameters: api_url, jobFullName, credentials_ref.',
    ],
  ],
})
