// The other process of a race: opens the same database and runs core's own commands at the moment it is told.
// Run by Node itself with types stripped; imports no door, because doors are .tsx.

import { revise } from '../../src/core/comments/revise.ts'
import type { Actor, Ctx } from '../../src/core/context.ts'
import { AppError } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { finishWithCode } from '../../src/core/people/signin.ts'
import { findSite } from '../../src/core/sites.ts'
import { nodeServices, openDatabase, readConfig } from '../../src/platform/node.ts'

/** What a racer is told to do, at a moment of the machine's own clock. */
export type RaceOrder = { round: number; at: number } & (
  | { kind: 'decide'; item: Record<string, unknown> }
  | { kind: 'revise'; comment: string; token: string; body: string }
  | { kind: 'code'; ticket: string; code: string }
)
/** What came of it: the command's answer, or the code it was refused with. */
export type RaceResult = { round: number; answer: unknown; code: string | null }

const config = readConfig(process.env)
const services = nodeServices(config, openDatabase(config), () => {})
const [slug = '', id = '', name = ''] = process.argv.slice(2)
const site = await findSite(services, slug)
const context = (actor: Actor): Ctx => ({ services, actor, site })

process.on('message', async (order: RaceOrder) => {
  while (Date.now() < order.at) {
    // Both processes leave this loop within the same millisecond; a timer would wake them further apart.
  }
  process.send?.({ round: order.round, ...(await run(order)) } satisfies RaceResult)
})
process.send?.({ round: -1, answer: 'ready', code: null } satisfies RaceResult)

async function run(order: RaceOrder): Promise<Pick<RaceResult, 'answer' | 'code'>> {
  try {
    const answer = await answerTo(order)
    return { answer, code: null }
  } catch (error) {
    return { answer: null, code: error instanceof AppError ? error.code : String(error) }
  }
}

async function answerTo(order: RaceOrder): Promise<unknown> {
  switch (order.kind) {
    case 'decide':
      return (await decide(context({ kind: 'staff', id, name, role: 'moderator' }), { items: [order.item] }, null))[0]
    case 'revise':
      return revise(context({ kind: 'author' }), order.comment, order.token, { body: order.body })
    case 'code':
      return finishWithCode(services, order.ticket, order.code, { network: id, agent: 'Chrome, Linux', deviceFor: () => null })
  }
}
