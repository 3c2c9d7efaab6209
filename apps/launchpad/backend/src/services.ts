import { type CoreRepositories, CoreServices } from '@gramkit/core'
import { InviteOnlyUsersService } from './users/invite-only-users.service.ts'

/** The launchpad's services, by inheritance: core's, with accounts for invited people only. */
export class LaunchpadServices extends CoreServices<CoreRepositories> {
  #inviteOnlyUsers?: InviteOnlyUsersService

  override get users(): InviteOnlyUsersService {
    return (this.#inviteOnlyUsers ??= new InviteOnlyUsersService(this))
  }
}
