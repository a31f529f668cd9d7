import { expect, test } from 'vitest'
import { isCommand } from './command.ts'
import { readCommand } from './read-command.ts'

const names = new Set(['web', 'shop'])

test.each([
  ['kubectl scale deployment web --replicas=5', 'scale', { kind: 'deployments', value: { replicas: { to: 5 } } }, []],
  ['kubectl scale deploy/web --replicas 5 -n shop', 'scale', { value: { replicas: { to: 5 } } }, ['shop']],
  ['please kubectl rollout restart deployment web', 'restart', { kind: 'deployments' }, []],
  ['kubectl --namespace=shop', 'none', {}, []],
  ['kubectl rollout undo deployment/web --to-revision=3', 'undo', { value: { revision: 3 } }, []],
  ['kubectl rollout pause deployment/web', 'pause', { kind: 'deployments' }, []],
  ['kubectl rollout resume deployment/web', 'resume', { kind: 'deployments' }, []],
  ['kubectl delete deployment web --namespace=shop', 'delete', { kind: 'deployments' }, ['shop']],
  ['kubectl delete pod web-1', 'delete', { kind: 'pods', names: ['web-1'] }, []],
  ['kubectl set image deployment/web app=web:2', 'set-image', { container: 'app', value: { image: 'web:2' } }, []],
  [
    'kubectl set env deployment/web LOG_LEVEL=debug',
    'set-variable',
    { value: { variable: { name: 'LOG_LEVEL', value: 'debug' } } },
    [],
  ],
  ['kubectl -n shop rollout restart deployment web', 'restart', { kind: 'deployments' }, ['shop']],
  ['kubectl cordon node-1', 'cordon', { names: ['node-1'] }, []],
  ['kubectl uncordon node-1', 'uncordon', { names: ['node-1'] }, []],
  ['kubectl create namespace blue', 'create-namespace', { names: ['blue'] }, []],
  [
    'kubectl create deployment front --image=nginx:1.29 --replicas=2 -n shop',
    'create',
    { names: ['front'], value: { image: 'nginx:1.29', replicas: { to: 2 } } },
    ['shop'],
  ],
])('"%s" is an order to %s', (line, action, target, places) => {
  const heard = readCommand(line, names)
  if (!isCommand(heard)) return expect(action).toBe('none')
  expect(heard).toMatchObject({ action, targets: [target], places })
})

test.each([
  ['kubectl scale deployment web', ['without --replicas']],
  ['kubectl scale deployment web --replicas=five', ['without --replicas']],
  ['kubectl scale deployment web --replicas=5 --dry-run=client', ['--dry-run=client']],
  ['kubectl scale deployment web --replicas=5 --replicas=6', ['--replicas=6']],
  ['kubectl delete deployment web --force', ['--force']],
  ['kubectl delete deployment --all', ['--all']],
  ['kubectl delete deployment web mail', ['mail']],
  ['kubectl delete', ['without a name']],
  ['kubectl delete deployment web, hypothetically', ['hypothetically']],
  ['kubectl delete deployment web && kubectl cordon node-1', ['&&', 'kubectl', 'cordon', 'node-1']],
  ['kubectl delete deployment web # no', ['#', 'no']],
  ['kubectl rollout undo deployment/web --to-revision=last', ['without its value']],
  ['kubectl set image deployment/web app', ['app']],
  ['kubectl set image deployment/web', ['without container=image']],
  ['kubectl set image deployment/web app=web:2 side=side:3', ['side=side:3']],
  ['kubectl set env deployment/web lower=x', ['without NAME=value']],
  ['kubectl create deployment front', ['without --image']],
  ['kubectl create deployment front --image=nginx:1 --replicas=many', ['without --image']],
  ['kubectl apply -f x.yaml', ['apply -f']],
  ['kubectl drain node-1', ['drain node-1']],
  ['in shop kubectl delete deployment web', ['shop']],
  ['kubectl delete deployment web -n', ['-n']],
  ['kubectl delete deployment web -not shop', ['-not']],
])('of "%s" nothing is proposed', (line, words) => {
  expect(readCommand(line, names)).toMatchObject({ words })
})

test.each(['kubectl get pods', 'kubectl logs deployment/web', 'kubectl rollout status deployment/web'])(
  '"%s" changes nothing',
  (line) => {
    expect(readCommand(line, names)).toBeUndefined()
  },
)
