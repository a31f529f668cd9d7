import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetBuildLog } from './get-build-log.ts'

describeJenkinsTool(jenkinsGetBuildLog, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 6 },
  bad: [
    ['number, of the build', { build: 0 }, 'build must be between 1 and 2147483647, got 0.'],
    ['number, of seconds', { follow_seconds: 301 }, 'follow_seconds must be between 0 and 270, got 301.'],
  ],
})
