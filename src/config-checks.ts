import type { TSchema } from '@sinclair/typebox';

/** The settings that depend on one another. */
interface CheckedConfig {
  readonly eventStore: string;
  readonly readStore: string;
  readonly esdbUrl: string;
  readonly mongoUrl: string;
  readonly role: string;
  readonly encryptionKeys: string;
  readonly currentKeyId: string;
  readonly smtpUrl: string;
  readonly mailFrom: string;
}

/** Settings that are valid one by one and contradict each other. */
export function conflictsIn(config: CheckedConfig): string[] {
  const { eventStore, readStore, esdbUrl, mongoUrl, role } = config;
  const problems: string[] = [];
  if ((config.encryptionKeys === '') !== (config.currentKeyId === '')) {
    problems.push('ENCRYPTION_KEYS and CURRENT_KEY_ID need each other: set both or neither');
  }
  if (config.smtpUrl !== '' && config.mailFrom === '') problems.push('SMTP_URL needs MAIL_FROM');
  if (eventStore === 'esdb' && esdbUrl === '') {
    problems.push('EVENT_STORE=esdb needs ESDB_URL');
  }
  if (eventStore === 'sqlite' && esdbUrl !== '') {
    problems.push('ESDB_URL is set, but EVENT_STORE is sqlite: set EVENT_STORE=esdb to use it');
  }
  if (readStore === 'mongodb' && mongoUrl === '') {
    problems.push('READ_STORE=mongodb needs MONGO_URL');
  }
  if (readStore === 'sqlite' && mongoUrl !== '') {
    problems.push('MONGO_URL is set, but READ_STORE is sqlite: set READ_STORE=mongodb to use it');
  }
  if (eventStore === 'sqlite' && readStore === 'mongodb') {
    problems.push(
      'READ_STORE=mongodb needs EVENT_STORE=esdb: an embedded log has one instance, with embedded read models',
    );
  }
  if (role !== 'all' && (eventStore !== 'esdb' || readStore !== 'mongodb')) {
    problems.push(
      `ROLE=${role} needs EVENT_STORE=esdb and READ_STORE=mongodb: embedded storage has one instance, which has all roles`,
    );
  }
  return problems;
}

/** A setting as its schema wants it, if it can be read so. */
export function valueOf(schema: TSchema, given: string): string | number {
  return schema['type'] === 'integer' && /^\d{1,9}$/.test(given) ? Number(given) : given;
}

/** What a setting may be, in words. */
export function expected(schema: TSchema): string {
  const { type, minimum, maximum, anyOf } = schema as {
    type?: string;
    minimum?: number;
    maximum?: number;
    anyOf?: { const: string }[];
  };
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (schema['form'] !== undefined) return String(schema['form']);
  if (schema['scheme'] !== undefined) return `a URL of ${String(schema['scheme'])}://`;
  if (anyOf) return `one of ${anyOf.map((option) => option.const).join(', ')}`;
  return 'a text';
}
