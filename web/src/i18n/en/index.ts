import app from './app.json'
import campaigns from './campaigns.json'
import chats from './chats.json'
import connections from './connections.json'
import contacts from './contacts.json'
import costs from './costs.json'
import design from './design.json'
import flow from './flow.json'
import imports from './imports.json'
import mailservices from './mailservices.json'
import oa from './oa.json'
import overview from './overview.json'
import reports from './reports.json'
import segments from './segments.json'
import session from './session.json'
import settings from './settings.json'
import statuses from './statuses.json'
import templates from './templates.json'
import templatesAICall from './templates-ai-call.json'
import templatesActs from './templates-acts.json'
import templatesEmail from './templates-email.json'
import templatesHTTP from './templates-http.json'
import templatesMessenger from './templates-messenger.json'
import templatesSync from './templates-sync.json'
import templatesZaloOA from './templates-zalo-oa.json'
import vouchers from './vouchers.json'
import znsNews from './zns-news.json'

/** All texts in English, one file a feature; each file has keys of its own at the top. */
export default {
  ...app,
  ...campaigns,
  ...chats,
  ...connections,
  ...contacts,
  ...costs,
  ...design,
  ...flow,
  ...imports,
  ...mailservices,
  ...oa,
  ...overview,
  ...reports,
  ...segments,
  ...session,
  ...settings,
  ...statuses,
  ...templates,
  ...templatesAICall,
  ...templatesActs,
  ...templatesEmail,
  ...templatesHTTP,
  ...templatesMessenger,
  ...templatesSync,
  ...templatesZaloOA,
  ...vouchers,
  ...znsNews,
}
