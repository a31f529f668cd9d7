import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsListNodes } from './list-nodes.ts'

describeJenkinsTool(jenkinsListNodes, {
  minimal: {},
  good: {},
  bad: [],
})
