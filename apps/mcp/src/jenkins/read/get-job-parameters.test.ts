import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetJobParameters } from './get-job-parameters.ts'

describeJenkinsTool(jenkinsGetJobParameters, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web' },
  bad: [['bool', { verify: 'no' }, 'verify must be true or false, got "no".']],
})
