import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsCancelQueueItem } from './cancel-queue-item.ts'

describeJenkinsTool(jenkinsCancelQueueItem, {
  minimal: { queueId: 4 },
  good: { queueId: 4 },
  kind: 'JenkinsQueueItem',
  bad: [['number', { queueId: 0 }, 'queueId must be between 1 and 2147483647, got 0.']],
})
