import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, ConfigProvider, Flex, Input, Typography } from 'antd'
import enUS from 'antd/locale/en_US'
import viVN from 'antd/locale/vi_VN'
import type { i18n as I18n } from 'i18next'
import { I18nextProvider, useTranslation } from 'react-i18next'

import { StateChip, StatusChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { i18n, type Language, languages } from '@/i18n'
import type { Mode } from '@/lib/theme'
import { themeOf } from '@/lib/themeTokens'

const texts = { vi: () => import('@/i18n/vi'), en: () => import('@/i18n/en') }
const kits = { vi: viVN, en: enUS }

/** One copy of the texts for each language, beside the one in use. */
async function everyLanguage(): Promise<Record<Language, I18n>> {
  for (const language of languages) {
    if (!i18n.hasResourceBundle(language, 'translation'))
      i18n.addResourceBundle(language, 'translation', (await texts[language]()).default)
  }
  return { vi: i18n.cloneInstance({ lng: 'vi' }), en: i18n.cloneInstance({ lng: 'en' }) }
}

/** The same parts light and dark, in Vietnamese and English, all at once. */
export function Modes() {
  const all = useQuery({ queryKey: ['design', 'languages'], queryFn: everyLanguage, staleTime: Infinity, gcTime: 0 })
  if (all.isPending) return <Loading />
  if (all.isError) return <Failure error={all.error} retry={() => void all.refetch()} />
  return (
    <div className="modes">
      {(['light', 'dark'] as const).map((mode) =>
        languages.map((language) => (
          <I18nextProvider key={`${mode} ${language}`} i18n={all.data[language]}>
            <ConfigProvider locale={kits[language]} theme={{ ...themeOf(mode), inherit: false }}>
              <Panel mode={mode} language={language} />
            </ConfigProvider>
          </I18nextProvider>
        )),
      )}
    </div>
  )
}

function Panel({ mode, language }: { mode: Mode; language: Language }) {
  const { t } = useTranslation()
  return (
    <Card lang={language} style={{ colorScheme: mode }}>
      <Flex vertical gap={12}>
        <strong>{t(`design.mode.${mode}`)}</strong>
        <div>
          {t('design.body')}
          <Typography.Text type="secondary" style={{ display: 'block' }}>
            {t('design.secondary')}
          </Typography.Text>
        </div>
        <Flex gap={8} wrap>
          <Button type="primary">{t('design.primary')}</Button>
          <Button>{t('design.default')}</Button>
          <Button danger>{t('design.danger')}</Button>
          <Button type="link">{t('design.link')}</Button>
        </Flex>
        <Flex gap={8} wrap>
          <StatusChip status="delivered" />
          <StatusChip status="failed" />
          <StatusChip status="unknown" />
          <StateChip state="pending_activation" />
        </Flex>
        <Input aria-label={t('design.name')} placeholder={t('design.name')} />
        <Alert type="warning" showIcon title={t('design.warning')} description={t('design.noticeText')} />
        <Nothing text={t('design.empty')} hint={t('design.emptyHint')} />
      </Flex>
    </Card>
  )
}
