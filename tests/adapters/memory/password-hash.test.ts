import { createMemoryPasswords } from '../../../src/adapters/memory/tokens.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { passwordHashContract } from '../../contracts/password-hash/suite.ts';

passwordHashContract('of a simulated world', () => createMemoryPasswords(systemDigest));
