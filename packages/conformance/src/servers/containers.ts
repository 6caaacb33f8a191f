import { GenericContainer, Wait } from 'testcontainers';
import { freePort } from './free-port.ts';
import type { Server } from './servers.ts';

const KAFKA = 'apache/kafka:4.3.1';
const MONGO = 'mongo:8';

export async function kafkaContainer(): Promise<Server> {
  const port = await freePort();
  const container = await new GenericContainer(KAFKA)
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://0.0.0.0:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '500',
      KAFKA_LOG_RETENTION_CHECK_INTERVAL_MS: '1000',
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return {
    address: `127.0.0.1:${port}`,
    described: `${KAFKA}, a container`,
    stop: async () => void (await container.stop()),
  };
}

/** A replica set of one, as an installation has it. */
export async function mongoContainer(): Promise<Server> {
  const container = await new GenericContainer(MONGO)
    .withCommand(['mongod', '--replSet', 'rs0', '--bind_ip_all'])
    .withExposedPorts(27017)
    .withWaitStrategy(Wait.forLogMessage(/Waiting for connections/))
    .start();
  const initiate = 'rs.initiate({_id:"rs0",members:[{_id:0,host:"127.0.0.1:27017"}]}).ok';
  await container.exec(['mongosh', '--quiet', '--eval', initiate]);
  const address = `mongodb://${container.getHost()}:${container.getMappedPort(27017)}/?directConnection=true`;
  return {
    address,
    described: `${MONGO} as a replica set, a container`,
    stop: async () => void (await container.stop()),
  };
}
