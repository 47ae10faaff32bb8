import { useTranslation } from 'react-i18next'

/** Says why a value or a message would be refused. A code that this version does not know is shown as it came. */
export function useCause() {
  const { t } = useTranslation()
  return ({ code, limit }: { code: string; limit?: number }): string => {
    switch (code) {
      case '-1121':
        return t('templates.cause.long', { count: limit ?? 0 })
      case '-1122':
        return t('templates.cause.empty')
      case '-1124':
        return limit ? t('templates.cause.short', { count: limit }) : t('templates.cause.format')
      case 'template.empty_message':
        return t('templates.cause.message')
      case 'template.no_value':
        return t('templates.cause.value')
      case 'template.output_too_large':
        return t('templates.cause.large')
      case 'too_long':
        return t('templates.cause.long', { count: limit ?? 0 })
      case 'missing':
        return t('templates.cause.message')
      case 'bad_address':
        return t('templates.cause.address')
      case 'request_bad':
        return t('templates.cause.request')
      default:
        return code
    }
  }
}
