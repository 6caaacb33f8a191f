#!/bin/bash
# An account on Kafka for each node: it may do everything to topics and groups that begin with the node's name, and nothing else.
# Passwords come as <NODE>_KAFKA_PASSWORD. Made anew at every start, so that a password can be changed.
set -euo pipefail
PATH="$PATH:/opt/kafka/bin"
admin="${KAFKA_ADMIN:-127.0.0.1:9091}"

for node in "$@"; do
  password="${node^^}_KAFKA_PASSWORD"
  kafka-configs.sh --bootstrap-server "$admin" --alter --entity-type users --entity-name "$node" \
    --add-config "SCRAM-SHA-512=[password=${!password}]"
  kafka-acls.sh --bootstrap-server "$admin" --add --allow-principal "User:$node" --operation All \
    --topic "$node." --group "$node." --resource-pattern-type prefixed
done
