/*
 * What a C program pays for Kafka, through librdkafka: the rival of bench/kafka-produce.ts and bench/kafka-read.ts.
 *
 *   librdkafka produce BROKERS TOPIC MESSAGES VALUE_BYTES REPORTS
 *     keyed messages with one and the same value; REPORTS 1: each acknowledgement is counted, as who proves a delivery has to.
 *   librdkafka consume BROKERS TOPIC MESSAGES PARTITIONS
 *     reads so many messages from the beginning of all partitions, checks the CRC of the batches and counts.
 *
 * Prints how many there were; exit code 1 if that is not what was asked for.
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long acked = 0;

static void on_report(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
  (void)client;
  (void)opaque;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) acked++;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char why[256];
  if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK) return;
  fprintf(stderr, "%s\n", why);
  exit(2);
}

static rd_kafka_t *client_of(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
  char why[256];
  rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof why);
  if (client != NULL) return client;
  fprintf(stderr, "%s\n", why);
  exit(2);
}

static long produce(const char *brokers, const char *topic, long messages, size_t size, int reports) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "acks", "all");
  set(conf, "linger.ms", "5");
  set(conf, "batch.size", "1000000");
  set(conf, "batch.num.messages", "10000");
  set(conf, "queue.buffering.max.messages", "100000");
  if (reports) rd_kafka_conf_set_dr_msg_cb(conf, on_report);
  rd_kafka_t *client = client_of(RD_KAFKA_PRODUCER, conf);
  rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
  char *value = malloc(size);
  memset(value, 'x', size);
  char key[16];
  for (long i = 0; i < messages; i++) {
    int length = snprintf(key, sizeof key, "dev-%08ld", i % 10000);
    while (rd_kafka_produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, size, key, (size_t)length, NULL) != 0)
      rd_kafka_poll(client, 10);
    if (i % 1000 == 0) rd_kafka_poll(client, 0);
  }
  rd_kafka_flush(client, 60000);
  long left = rd_kafka_outq_len(client);
  long done = reports ? acked : messages - left;
  rd_kafka_topic_destroy(handle);
  rd_kafka_destroy(client);
  free(value);
  return done;
}

static long consume(const char *brokers, const char *topic, long messages, int partitions) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "check.crcs", "true");
  set(conf, "fetch.wait.max.ms", "10");
  rd_kafka_t *client = client_of(RD_KAFKA_CONSUMER, conf);
  rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
  for (int partition = 0; partition < partitions; partition++)
    rd_kafka_consume_start_queue(handle, partition, RD_KAFKA_OFFSET_BEGINNING, queue);
  rd_kafka_message_t *batch[1000];
  long seen = 0, bytes = 0;
  while (seen < messages) {
    ssize_t count = rd_kafka_consume_batch_queue(queue, 5000, batch, 1000);
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; i++) {
      if (batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        seen++;
        bytes += (long)(batch[i]->key_len + batch[i]->len);
      }
      rd_kafka_message_destroy(batch[i]);
    }
  }
  for (int partition = 0; partition < partitions; partition++) rd_kafka_consume_stop(handle, partition);
  rd_kafka_queue_destroy(queue);
  rd_kafka_topic_destroy(handle);
  rd_kafka_destroy(client);
  fprintf(stderr, "%ld bytes\n", bytes);
  return seen;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  long messages = atol(argv[4]);
  long done = strcmp(argv[1], "produce") == 0
                ? produce(argv[2], argv[3], messages, (size_t)atol(argv[5]), argc > 6 && atoi(argv[6]))
                : consume(argv[2], argv[3], messages, atoi(argv[5]));
  printf("%ld\n", done);
  return done >= messages ? 0 : 1;
}
