import { knownProblems, type ProblemTexts } from '@gramkit/mini-app/texts'

/** What people read for each failure the server or the network can name. */
export const problemTexts: ProblemTexts = {
  ...knownProblems,
  'client.unreachable': {
    en: 'We cannot be reached. Check your connection.',
    ru: 'Нет связи с нами. Проверьте подключение.',
  },
  'client.unreadable': {
    en: 'The answer makes no sense. Try again later.',
    ru: 'Ответ непонятен. Попробуйте позже.',
  },
  'waitlist.already_joined': {
    en: 'This address or account is on the waitlist already.',
    ru: 'Этот адрес или аккаунт уже в очереди.',
  },
  'waitlist.entry_not_found': {
    en: 'You are not on the waitlist.',
    ru: 'Вас нет в очереди.',
  },
  'waitlist.confirmation_gone': {
    en: 'This link is no longer good. Join again.',
    ru: 'Эта ссылка больше не действует. Встаньте в очередь снова.',
  },
  'waitlist.code_not_found': {
    en: 'There is no such code, or it was sent to another address.',
    ru: 'Такого кода нет, или он отправлен на другой адрес.',
  },
  'waitlist.already_admitted': {
    en: 'You are in already. Log in.',
    ru: 'Вы уже внутри. Войдите.',
  },
  'waitlist.own_code': {
    en: 'This is your own code. Give it to a friend.',
    ru: 'Это ваш собственный код. Отдайте его другу.',
  },
  'waitlist.batch_differs': {
    en: 'A batch of this name has gone out with another size.',
    ru: 'Партия с таким названием уже ушла, но другого размера.',
  },
  'waitlist.invite_ended': {
    en: 'This invitation is over: there is nothing left to do about it.',
    ru: 'Это приглашение уже закончилось, менять нечего.',
  },
  'waitlist.experiment_running': {
    en: 'An experiment runs already. Stop it first.',
    ru: 'Эксперимент уже идёт. Сначала остановите его.',
  },
  'waitlist.experiment_not_running': {
    en: 'No experiment runs.',
    ru: 'Эксперимент не идёт.',
  },
  'waitlist.guests_not_listed': {
    en: 'Give an e-mail address, or open this page in Telegram.',
    ru: 'Укажите адрес почты или откройте страницу в Telegram.',
  },
  'invites.code_invalid': {
    en: 'This is not how a code looks. Check it for mistakes.',
    ru: 'Код выглядит иначе. Проверьте, нет ли опечатки.',
  },
  'invites.not_active': {
    en: 'This code was used or taken back already.',
    ru: 'Этот код уже использован или отозван.',
  },
  'invites.already_used': {
    en: 'You have used this code already. You are in.',
    ru: 'Вы уже использовали этот код. Вы внутри.',
  },
  'invites.expired': {
    en: 'The time of this code is over. Whoever waited for it is back in the queue.',
    ru: 'Срок кода истёк. Кто его ждал, снова стоит в очереди.',
  },
  'invites.own_code': {
    en: 'This is your own code. Give it to a friend.',
    ru: 'Это ваш собственный код. Отдайте его другу.',
  },
  'quality.gate_closed': {
    en: 'The gate is closed: no invitations go out now.',
    ru: 'Ворота закрыты: приглашения сейчас не выдаются.',
  },
  'quality.redeeming_stopped': {
    en: 'No codes can be used just now. Keep yours and try later.',
    ru: 'Коды сейчас не принимаются. Сохраните свой и попробуйте позже.',
  },
  'referrals.with_self': {
    en: 'Nobody brings themselves. Name somebody else.',
    ru: 'Привести самого себя нельзя. Укажите другого человека.',
  },
  'settings.conflict': {
    en: 'Somebody else has changed this meanwhile. Look at it again.',
    ru: 'За это время настройку изменил кто-то другой. Посмотрите ещё раз.',
  },
  'launchpad.invitation_required': {
    en: 'An account needs an invitation. Use your code first.',
    ru: 'Для аккаунта нужно приглашение. Сначала введите код.',
  },
  'users.init_data_invalid': {
    en: 'Telegram’s proof of who you are is too old. Open the page from Telegram again.',
    ru: 'Данные входа из Telegram устарели. Откройте страницу из Telegram заново.',
  },
  'http.admin_token_invalid': {
    en: 'This is not the administrator’s token.',
    ru: 'Это не токен администратора.',
  },
  'http.credentials_missing': {
    en: 'Log in first.',
    ru: 'Сначала войдите.',
  },
  'http.role_required': {
    en: 'Only administrators may see this.',
    ru: 'Это могут видеть только администраторы.',
  },
  'http.login_too_old': {
    en: 'Your login is too old for this. Log in again.',
    ru: 'Вход слишком давний. Войдите снова.',
  },
  'http.request_invalid': {
    en: 'Something in the form is not as it should be.',
    ru: 'Что-то в форме заполнено неверно.',
  },
  'limits.unavailable': {
    en: 'We are very busy. Try again in a minute.',
    ru: 'Слишком много желающих. Повторите через минуту.',
  },
  'http.overloaded': {
    en: 'We are very busy. Try again in a minute.',
    ru: 'Слишком много желающих. Повторите через минуту.',
  },
}
