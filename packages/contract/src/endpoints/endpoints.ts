import { chat, context, decideAsOwner, listTools, runEvents, stop, undoCall } from './agent.ts'
import { decideApproval, decideApprovals, getApproval, getDiff, getUnmasked, listApprovals } from './approvals.ts'
import { exportAudit, listAudit, verifyAudit } from './audit.ts'
import {
  changeUser,
  isAdminUser,
  issueRefresh,
  login,
  logout,
  logoutToken,
  me,
  refresh,
  register,
  requestVerifyToken,
  usersMe,
  verify,
} from './auth.ts'
import {
  changeConversation,
  createConversation,
  deleteConversation,
  getBlob,
  getConversation,
  listConversations,
} from './conversations.ts'
import { userEvents } from './feed.ts'
import { health, healthDatabase, healthReady, jwks } from './health.ts'

/** Every endpoint of the engine; one without a handler does not compile. */
export const endpoints = {
  login,
  logoutToken,
  register,
  requestVerifyToken,
  verify,
  isAdminUser,
  me,
  usersMe,
  changeUser,
  issueRefresh,
  refresh,
  logout,
  createConversation,
  listConversations,
  getConversation,
  getBlob,
  changeConversation,
  deleteConversation,
  chat,
  decideAsOwner,
  stop,
  listTools,
  context,
  undoCall,
  runEvents,
  listApprovals,
  getApproval,
  getUnmasked,
  getDiff,
  decideApproval,
  decideApprovals,
  userEvents,
  listAudit,
  exportAudit,
  verifyAudit,
  health,
  healthDatabase,
  healthReady,
  jwks,
} as const
export type Endpoints = typeof endpoints
