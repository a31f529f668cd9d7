import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetPipelineStages } from './get-pipeline-stages.ts'

describeJenkinsTool(jenkinsGetPipelineStages, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 7 },
  bad: [['number', { build: 0 }, 'build must be between 1 and 2147483647, got 0.']],
})
