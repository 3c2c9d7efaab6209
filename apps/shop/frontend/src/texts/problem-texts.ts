import { knownProblems, type ProblemTexts } from '@gramkit/mini-app/texts'

/** What people read for each failure the server or the network can name. */
export const problemTexts: ProblemTexts = {
  ...knownProblems,
  'client.unreachable': {
    en: 'The shop cannot be reached. Check your connection.',
    ru: 'Магазин недоступен. Проверьте подключение.',
  },
  'client.unreadable': {
    en: 'The shop gave an answer that makes no sense. Try again later.',
    ru: 'Магазин ответил непонятно. Попробуйте позже.',
  },
  'payments.unknown_product': {
    en: 'There is no such product.',
    ru: 'Такого товара нет.',
  },
  'payments.product_retired': {
    en: 'This is no longer sold.',
    ru: 'Этот товар больше не продаётся.',
  },
  'payments.currency_not_priced': {
    en: 'It has no price in this currency.',
    ru: 'В этой валюте цены нет.',
  },
  'payments.currency_not_accepted': {
    en: 'This way to pay does not take the currency.',
    ru: 'Этот способ оплаты не принимает такую валюту.',
  },
  'payments.unknown_gateway': {
    en: 'This way to pay is not available.',
    ru: 'Этот способ оплаты недоступен.',
  },
  'payments.goods_not_allowed': {
    en: 'This cannot be bought this way here.',
    ru: 'Здесь это нельзя купить таким способом.',
  },
  'payments.return_url_not_allowed': {
    en: 'The shop is opened from an address it does not know.',
    ru: 'Магазин открыт с неизвестного ему адреса.',
  },
  'payments.conflict': {
    en: 'This purchase was started in another way. Try again.',
    ru: 'Эта покупка уже начата иначе. Попробуйте ещё раз.',
  },
  'payments.not_found': {
    en: 'There is no such payment.',
    ru: 'Такого платежа нет.',
  },
  'payments.closed': {
    en: 'This payment is closed. Start a new one.',
    ru: 'Этот платёж закрыт. Начните новый.',
  },
  'payments.provider_rejected': {
    en: 'The payment provider refused.',
    ru: 'Платёжная система отказала.',
  },
  'payments.provider_unavailable': {
    en: 'The payment provider does not answer. Try again in a minute.',
    ru: 'Платёжная система не отвечает. Повторите через минуту.',
  },
  'receipts.contact_required': {
    en: 'The shop has to know where to send the receipt.',
    ru: 'Магазину нужно знать, куда прислать чек.',
  },
  'receipts.contact_invalid': {
    en: 'This is no e-mail address. Check it for mistakes.',
    ru: 'Это не адрес электронной почты. Проверьте, нет ли опечатки.',
  },
  'subscriptions.already_subscribed': {
    en: 'You have this subscription already.',
    ru: 'Такая подписка у вас уже есть.',
  },
  'subscriptions.trial_used': {
    en: 'You have tried this already.',
    ru: 'Вы это уже пробовали.',
  },
  'subscriptions.change_refused': {
    en: 'The plan cannot be changed like this now.',
    ru: 'Сейчас сменить тариф так нельзя.',
  },
  'subscriptions.not_found': {
    en: 'There is no such subscription.',
    ru: 'Такой подписки нет.',
  },
  'subscriptions.state_conflict': {
    en: 'The subscription has changed meanwhile.',
    ru: 'Подписка за это время изменилась.',
  },
  'users.init_data_invalid': {
    en: 'Telegram’s proof of who you are is too old. Open the shop from Telegram again.',
    ru: 'Данные входа из Telegram устарели. Откройте магазин из Telegram заново.',
  },
  'users.telegram_login_unavailable': {
    en: 'Login by Telegram is not set up here.',
    ru: 'Вход через Telegram здесь не настроен.',
  },
  'users.session_not_found': {
    en: 'That login is over already.',
    ru: 'Этот вход уже завершён.',
  },
  'http.login_too_old': {
    en: 'To be safe, close the shop and open it from Telegram again, then repeat this.',
    ru: 'Для безопасности закройте магазин, откройте его из Telegram заново и повторите.',
  },
  'email.taken': {
    en: 'This address belongs to another account.',
    ru: 'Этот адрес принадлежит другому аккаунту.',
  },
  'email.only_login': {
    en: 'Without the address you could not log in any more.',
    ru: 'Без этого адреса вы больше не сможете войти.',
  },
  'email.login_unavailable': {
    en: 'Login by e-mail is not set up here.',
    ru: 'Вход по почте здесь не настроен.',
  },
  'accounts.erasure_blocked': {
    en: 'Money of yours is still under way. Try again when your payments are done.',
    ru: 'Ваши платежи ещё не завершены. Попробуйте, когда они закончатся.',
  },
  'friendships.not_requested': {
    en: 'The request was taken back.',
    ru: 'Заявку уже отозвали.',
  },
  'friendships.too_many': {
    en: 'There are too many friends already.',
    ru: 'Друзей уже слишком много.',
  },
  'notifications.quiet_hours_invalid': {
    en: 'The quiet hours have to begin and end at different times.',
    ru: 'Тихие часы должны начинаться и кончаться в разное время.',
  },
  'limits.unavailable': {
    en: 'The shop is very busy. Try again in a minute.',
    ru: 'Магазин перегружен. Повторите через минуту.',
  },
  'http.idempotency_in_progress': {
    en: 'Your first try is still being worked on. Wait a moment.',
    ru: 'Первая попытка ещё выполняется. Подождите немного.',
  },
  'http.overloaded': {
    en: 'The shop is very busy. Try again in a minute.',
    ru: 'Магазин перегружен. Повторите через минуту.',
  },
}
