import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetBuildChangesets } from './get-build-changesets.ts'

describeJenkinsTool(jenkinsGetBuildChangesets, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 6 },
  bad: [['number, of the build', { build: 0 }, 'build must be between 1 and 2147483647, got 0.']],
})
