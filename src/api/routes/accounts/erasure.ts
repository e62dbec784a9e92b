import { accountCommands, accountDecider } from '../../../domain/accounts/index.ts';
import { route } from '../../route.ts';
import { accountResponse, tag } from './responses.ts';
import { AccountResponse, CustomerParams } from './schemas.ts';

export const eraseCustomerData = route({
  method: 'delete',
  path: '/customers/:customerId/personal-data',
  operationId: 'eraseCustomerData',
  summary: "Erase a customer's name, phone number and email for ever",
  description:
    'Nothing shows them afterwards, neither the history nor a later export or backup. Debts, credit and the sums of all sales stay.',
  tag,
  permission: 'personal-data:erase',
  params: CustomerParams,
  body: accountCommands.schemas.ErasePersonalData,
  status: 200,
  response: AccountResponse,
  write: true,
  revisioned: true,
  example: { reason: 'request of the customer' },
  errors: ['account_not_found'],
  async handle(request, { erasure, logger }) {
    const command = { type: 'ErasePersonalData', data: request.body } as const;
    const result = await request.execute(accountDecider, request.params.customerId, command);
    const { stream, revision, position } = result;
    try {
      await erasure.complete(stream, position);
    } catch (error) {
      // It is recorded, so the process completes it.
      logger.warn({ stream, error: String(error) }, 'the key of erased data is not destroyed yet');
    }
    return { status: 200, revision, position, body: accountResponse(result) };
  },
});
