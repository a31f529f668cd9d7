import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetQueue } from './get-queue.ts'

describeJenkinsTool(jenkinsGetQueue, {
  minimal: {},
  good: { limit: 5 },
  bad: [['number', { limit: 0 }, 'limit must be between 1 and 100, got 0.']],
})
