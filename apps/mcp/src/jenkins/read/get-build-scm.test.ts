import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetBuildScm } from './get-build-scm.ts'

describeJenkinsTool(jenkinsGetBuildScm, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 6 },
  bad: [['number, of the build', { build: 0 }, 'build must be between 1 and 2147483647, got 0.']],
})
