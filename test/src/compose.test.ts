import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { temporaryFolder } from '@quantrac/testing';
import { composition, image, ownServices, root, serviceFolders, variablesIn } from './composition.ts';

const { makeSecrets } = (await import(join(root, 'scripts', 'compose-secrets.mjs'))) as {
  makeSecrets(folder: string): Promise<boolean>;
};

const folder = temporaryFolder('compose');
const madeAnew = await makeSecrets(folder);
const variables = variablesIn(join(folder, '.env'));
const all = composition(variables);
const containers = Object.entries(all.services);
const longRunning = containers.filter(([, { profiles, restart }]) => profiles === undefined && restart !== 'no');
const nodes = [...new Set(ownServices(all).map(([name]) => name.split('-')[0]!))];

describe('docker-compose.yml', () => {
  it('has every service of the repository, each in every node of its tier', () => {
    const serviceOf = ([, { build }]: (typeof containers)[number]) => build!.args.SERVICE;
    const national = ['national-aggregation', 'portal'];
    for (const node of nodes) {
      const own = ownServices(all).filter(([name]) => name.startsWith(`${node}-`));
      const wanted = serviceFolders.filter((name) =>
        node === 'national' ? national.includes(name) : name !== 'national-aggregation',
      );
      assert.deepEqual(new Set(own.map(serviceOf)), new Set([...wanted, 'standalone']), node);
    }
    assert.deepEqual(nodes, ['national', 'hcm', 'bacninh']);
    assert.equal(all.services['hcm-quality-control']!.scale, 2);
  });

  it('publishes ports of this machine alone, each once', () => {
    const published = containers.flatMap(([, { ports = [] }]) => ports);
    assert.ok(published.length > 0);
    for (const port of published) assert.match(port, /^127\.0\.0\.1:[\d-]+:[\d-]+$/);
    assert.equal(new Set(published.map((port) => port.split(':')[1])).size, published.length);
    for (const [name, { networks = [], ports }] of containers)
      assert.ok(ports === undefined || networks.includes('outside'), `${name} publishes by no network`);
    assert.equal(all.networks.inside?.internal, true);
  });

  it('lets no container be root or gain rights, and no service of ours write but where it keeps files', () => {
    for (const [name, { user, cap_drop, security_opt }] of containers) {
      assert.ok(user !== undefined && !/^(root|0)(:|$)/.test(user), name);
      assert.deepEqual(cap_drop, ['ALL'], name);
      assert.deepEqual(security_opt, ['no-new-privileges:true'], name);
    }
    for (const [name, { read_only }] of ownServices(all)) assert.equal(read_only, true, name);
    assert.notEqual(image.user, 'root');
  });

  it('watches the health of whatever goes on running', () => {
    for (const [name, { healthcheck, build }] of longRunning)
      assert.ok(healthcheck ? healthcheck.test && !healthcheck.disable : build, name);
    assert.match(image.health.join(' '), new RegExp(`:${image.environment.QUANTRAC_HEALTH_PORT}/ready`));
  });

  it('names a version of every image', () => {
    for (const [name, container] of containers) assert.match(container.image, /^[a-z/-]+:\d[\w.-]*$/, name);
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) assert.match(from!, /:\d/);
  });

  it('holds no password: each is a variable without a default', () => {
    const secret = /PASSWORD|SECRET|_KEY$|MONGO_URL/;
    const placeholder = 'x'.repeat(20);
    const replaced = composition(Object.fromEntries(Object.keys(variables).map((name) => [name, placeholder])));
    for (const [name, { environment = {} }] of Object.entries(replaced.services))
      for (const [variable, value] of Object.entries(environment))
        if (secret.test(variable))
          assert.ok(
            String(value).includes(placeholder) || /^\/run\/secrets\//.test(String(value)),
            `${name} ${variable}`,
          );
    assert.doesNotMatch(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), /\$\{[A-Z_]+(:?-|\})/);
  });

  it('starts services once brokers, stores and topics are there', () => {
    for (const [name, { depends_on, restart }] of ownServices(all)) {
      const node = name.split('-')[0];
      const before = restart === 'no' ? ['kafka-accounts', 'mongo-accounts'] : [`${node}-topics`];
      const condition = 'service_completed_successfully';
      assert.deepEqual(depends_on, Object.fromEntries(before.map((one) => [one, { condition }])), name);
    }
    for (const server of ['kafka', 'mongo'])
      assert.deepEqual(all.services[`${server}-accounts`]!.depends_on, { [server]: { condition: 'service_healthy' } });
  });

  it('gives each node secrets, prefixes and peers of its own', () => {
    const own = [
      'QUANTRAC_NODE',
      'QUANTRAC_PEER_SECRET',
      'KAFKA_PREFIX',
      'KAFKA_PASSWORD',
      'MONGO_PREFIX',
      'MONGO_URL',
    ];
    for (const variable of own) {
      const byNode = nodes.map((node) => {
        const values = ownServices(all).filter(([name]) => name.startsWith(`${node}-`));
        const found = new Set(values.map(([, { environment }]) => environment![variable]));
        assert.equal(found.size, 1, `${node} ${variable}`);
        return [...found][0];
      });
      assert.equal(new Set(byNode).size, nodes.length, variable);
    }
    for (const [name, { environment }] of ownServices(all))
      for (const [service, address] of Object.entries<string>(JSON.parse(String(environment!.QUANTRAC_PEERS)))) {
        const [host, port] = address.split(':') as [string, string];
        assert.equal(host.split('-')[0], name.split('-')[0]);
        assert.equal(all.services[host]?.build?.args.SERVICE, service);
        assert.equal(all.services[host]?.environment?.QUANTRAC_LISTEN, `0.0.0.0:${port}`);
      }
  });

  it('lets an account of MongoDB into the databases of its node alone', () => {
    const { environment } = all.services['mongo-accounts']!;
    const accounts: { user: string; pwd: string; roles: { role: string; db: string }[] }[] = [];
    const admin = { getUser: () => null, createUser: (account: (typeof accounts)[number]) => accounts.push(account) };
    runInNewContext(readFileSync(join(root, 'deploy', 'mongo-accounts.js'), 'utf8'), {
      db: { getSiblingDB: () => admin, hello: () => ({ isWritablePrimary: true }) },
      rs: { status: () => ({}) },
      process: { env: environment },
    });
    assert.deepEqual(
      accounts.map(({ user }) => user),
      nodes,
    );
    for (const { user, pwd, roles } of accounts) {
      const services = ownServices(all).filter(
        ([name, { profiles, restart }]) => name.startsWith(`${user}-`) && !profiles && restart !== 'no',
      );
      const databases = ['node', ...services.map(([, { build }]) => build!.args.SERVICE)].map(
        (one) => `${user}-${one}`,
      );
      assert.deepEqual(
        new Set(roles.map(({ role, db }) => `${role} ${db}`)),
        new Set(databases.map((db) => `readWrite ${db}`)),
      );
      assert.ok(
        String(all.services[`${user}-portal`]!.environment!.MONGO_URL).startsWith(`mongodb://${user}:${pwd}@mongo:`),
      );
    }
  });
});

describe('what npm run up makes before it starts', () => {
  const certificate = (name: string) =>
    new X509Certificate(readFileSync(join(folder, '.quantrac', 'certificates', name)));

  it('is a password for everything that wants one, none twice, for nobody else to read', () => {
    const passwords = Object.entries(variables).filter(([name]) => name !== 'QUANTRAC_USER');
    for (const [name, value] of passwords) assert.match(value, /^[0-9a-f]{48}$/, name);
    assert.equal(new Set(passwords.map(([, value]) => value)).size, passwords.length);
    assert.equal(statSync(join(folder, '.env')).mode & 0o777, 0o600);
    assert.match(variables.QUANTRAC_USER!, /^[1-9]\d*:\d+$/);
  });

  it('is a certificate for every name that a node is asked by, and every file that the composition wants', () => {
    const authority = certificate('authority.pem');
    for (const [name, { environment }] of ownServices(all)) {
      const hosts = Object.values<string>(JSON.parse(String(environment!.QUANTRAC_PEERS))).map(
        (one) => one.split(':')[0]!,
      );
      for (const host of hosts) {
        const own = certificate(`${host.split('-')[0]}.pem`);
        assert.equal(own.checkHost(host), host, name);
        assert.ok(own.verify(authority.publicKey));
      }
    }
    for (const { file } of Object.values(all.secrets)) {
      assert.ok(existsSync(join(folder, file)), file);
      if (file.endsWith('.key')) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
    }
  });

  it('stays as it is the next time; only what has no password yet gets one', async () => {
    assert.equal(madeAnew, true);
    const file = join(folder, '.env');
    const { HCM_PEER_SECRET: before, ...others } = variables;
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace(/^HCM_PEER_SECRET=.*\n/m, '')
        .trimEnd(),
    );
    assert.equal(await makeSecrets(folder), false);
    const { HCM_PEER_SECRET: renewed, ...kept } = variablesIn(file);
    assert.deepEqual(kept, others);
    assert.match(renewed!, /^[0-9a-f]{48}$/);
    assert.notEqual(renewed, before);
  });

  it('is nothing where Docker is missing: one sentence says so', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'up.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, PATH: folder },
    });
    assert.equal(status, 1);
    assert.match(stderr, /^Docker is not installed: see https:\S+\. A node without Docker: npm run quantrac -- up\n$/);
  });

  it('is kept out of git and of every image', () => {
    for (const file of ['.gitignore', '.dockerignore']) {
      const kept = readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((line) => line.replaceAll(/^\/|\/$/g, ''));
      for (const name of ['.env', '.quantrac']) assert.ok(kept.includes(name), `${file}: ${name}`);
    }
  });
});
