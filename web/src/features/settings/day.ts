import dayjs from 'dayjs'

import { defaultZone } from '@/lib/format'

// The zone plug-ins of dayjs are switched on by lib/format.

/** The first moment of a day ("2026-11-21") in a zone, as the API takes it. */
export const dayStart = (day: string, zone = defaultZone) => dayjs.tz(day, zone).toISOString()

/** The first moment after a day in a zone. */
export const dayEnd = (day: string, zone = defaultZone) => dayjs.tz(day, zone).add(1, 'day').toISOString()
