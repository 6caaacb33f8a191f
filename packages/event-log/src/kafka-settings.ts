/** How Kafka is reached; who reads settings names them in this way: KAFKA_BROKERS, KAFKA_CA, KAFKA_USERNAME. */
export interface KafkaSettings {
  /** `host:port`, with commas between them. */
  readonly brokers: string;
  readonly clientId: string;
  /** Texts of PEM: the authority that signs the brokers' certificates, and a certificate of the client's own where they demand one; true: an authority that Node knows. */
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | boolean;
  readonly sasl?: {
    readonly mechanism: 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}
