import { Card, Flex, Typography } from 'antd'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'

import { Modes } from '@/features/settings/design/Modes'
import {
  Buttons,
  Charts,
  Chips,
  Colours,
  FaceSpecimens,
  Forms,
  Notices,
  Tables,
  Type,
} from '@/features/settings/design/Specimens'
import { SettingsFrame } from '@/features/settings/SettingsFrame'

const parts = {
  modes: Modes,
  colours: Colours,
  chips: Chips,
  type: Type,
  buttons: Buttons,
  forms: Forms,
  tables: Tables,
  faces: FaceSpecimens,
  notes: Notices,
  charts: Charts,
} as const satisfies Record<string, ComponentType>
type Part = keyof typeof parts

/** Everything that the pages are made of, to look at. */
export function DesignPage() {
  const { t } = useTranslation()
  const list = Object.keys(parts) as Part[]
  return (
    <SettingsFrame section="design">
      <p>{t('design.hint')}</p>
      <nav aria-label={t('design.contents')}>
        <Flex component="ul" gap={16} wrap className="plain-row">
          {list.map((key) => (
            <li key={key}>
              <a href={`#design-${key}`}>{t(`design.section.${key}`)}</a>
            </li>
          ))}
        </Flex>
      </nav>
      <Flex vertical gap={16}>
        {list.map((key) => {
          const Content = parts[key]
          return (
            <Card key={key} role="region" aria-labelledby={`design-${key}`}>
              <Typography.Title level={2} id={`design-${key}`} style={{ fontSize: 18 }} tabIndex={-1}>
                {t(`design.section.${key}`)}
              </Typography.Title>
              <Content />
            </Card>
          )
        })}
      </Flex>
    </SettingsFrame>
  )
}
