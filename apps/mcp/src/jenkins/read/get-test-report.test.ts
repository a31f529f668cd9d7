import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetTestReport } from './get-test-report.ts'

describeJenkinsTool(jenkinsGetTestReport, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 7 },
  bad: [
    ['number', { build: 0 }, 'build must be between 1 and 2147483647, got 0.'],
    ['number, of failures', { limit: 101 }, 'limit must be between 1 and 100, got 101.'],
  ],
})
