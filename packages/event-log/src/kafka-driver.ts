import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

/** The only file that imports Kafka's client, so that another one is a change of one file and what it names. */
export const {
  Kafka,
  CompressionTypes,
  ConfigResourceTypes,
  Partitioners,
  logLevel,
  AssignerProtocol: { MemberAssignment, MemberMetadata },
} = kafkajs;
export type { Admin, Assigner, Cluster, Consumer, Producer, SASLOptions } from 'kafkajs';

const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) => compress(buffer, fastest),
  decompress: (buffer: Buffer) => decompress(buffer),
});
