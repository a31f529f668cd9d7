import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { startRedis } from '@fairlead/testing/servers/redis'

/** A real Redis that does not tell its policy: who asks for that field asks, on the way, for one that is not there. */
export async function startSilentRedis(): Promise<{ url: string; close(): Promise<void> }> {
  const redis = await startRedis()
  const { hostname, port } = new URL(redis.url)
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1').replaceAll('maxmemory_policy', 'maxmemory_nought')
      upstream.write(Buffer.from(text, 'latin1'))
    })
    upstream.pipe(client)
    client.on('error', () => upstream.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      await redis.stop()
    },
  }
}
