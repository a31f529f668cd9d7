import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsTriggerBuild } from './trigger-build.ts'

describeJenkinsTool(jenkinsTriggerBuild, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', parameters: { VERSION: '2.0' }, wait_for_start: false },
  bad: [
    ['values', { parameters: { VERSION: ['a'] } }, 'parameters.VERSION must be a string, a number or a bool.'],
    ['values, not an object', { parameters: 'a=b' }, 'parameters must be an object, got "a=b".'],
    ['bool', { verify: 'no' }, 'verify must be true or false, got "no".'],
  ],
})
