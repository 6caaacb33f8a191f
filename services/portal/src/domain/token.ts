import type { Actor } from '@quantrac/contracts';
import { type Decider, Fault } from '@quantrac/event-sourcing';

export type Role = Actor['role'];

/** null: all stations of the node. */
export type Scope = readonly string[] | null;

/** Stored for ever: names and shapes are the storage format. */
export type TokenEvent =
  | {
      type: 'TokenCreated';
      data: {
        token: string;
        name: string;
        role: Role;
        organisation: string | null;
        scope: Scope;
        secretHash: string;
        by: string;
        at: string;
      };
    }
  | { type: 'TokenRevoked'; data: { reason: string; by: string; at: string } };

export type TokenCommand =
  | {
      type: 'CreateToken';
      token: string;
      name: string;
      role: Role;
      organisation: string | null;
      scope: Scope;
      secretHash: string;
      by: string;
      at: string;
    }
  | { type: 'RevokeToken'; reason: string; by: string; at: string };

export interface Token {
  readonly token: string;
  readonly name: string;
  readonly role: Role;
  readonly organisation: string | null;
  readonly scope: Scope;
  readonly secretHash: string;
  readonly revoked: boolean;
}

const decide = (command: TokenCommand, token: Token | undefined): readonly TokenEvent[] => {
  switch (command.type) {
    case 'CreateToken': {
      if (token) throw Fault.rejected('TokenExists', `token ${command.token} exists: choose another id`);
      const { type: _, ...data } = command;
      return [{ type: 'TokenCreated', data }];
    }
    case 'RevokeToken': {
      if (!token) throw Fault.notFound('TokenUnknown', 'no such token: list the tokens');
      const { reason, by, at } = command;
      return token.revoked ? [] : [{ type: 'TokenRevoked', data: { reason, by, at } }];
    }
  }
};

const evolve = (token: Token | undefined, event: TokenEvent): Token | undefined => {
  switch (event.type) {
    case 'TokenCreated': {
      const { by: _, at: __, ...data } = event.data;
      return { ...data, revoked: false };
    }
    case 'TokenRevoked':
      return token && { ...token, revoked: true };
  }
};

export const token: Decider<Token | undefined, TokenCommand, TokenEvent> = { initial: undefined, decide, evolve };
