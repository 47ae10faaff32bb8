import { afterAll, afterEach } from 'vitest'

import { closeBrowser, lastLooks } from './browser'

// One story in chapters: each stands on what the ones before made.
import './1-setup'
import './2-customers'
import './3-connections'
import './4-templates'
import './5-campaign'
import './6-pages'
import './7-hostile'
import './8-acts'
import './9-steps'
import './10-providers'

afterEach(lastLooks)
afterAll(closeBrowser)
