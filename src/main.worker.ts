// Serving on Cloudflare Workers: requests and the cron trigger; services are built once per isolate.
import type { ExecutionContext, ScheduledController } from '@cloudflare/workers-types'
import { createApp } from './app.ts'
import { sweep } from './jobs.ts'
import { type WorkerEnv, workerServices } from './platform/worker.ts'
import type { Services } from './services.ts'

let built: { services: Services; app: ReturnType<typeof createApp> } | undefined

function build(env: WorkerEnv) {
  if (!built) {
    const services = workerServices(env)
    built = { services, app: createApp(services) }
  }
  return built
}

export default {
  fetch(request: Request, env: WorkerEnv): Response | Promise<Response> {
    return build(env).app.fetch(request, { peer: request.headers.get('cf-connecting-ip') ?? undefined })
  },
  scheduled(_controller: ScheduledController, env: WorkerEnv, context: ExecutionContext): void {
    context.waitUntil(sweep(build(env).services))
  },
}
