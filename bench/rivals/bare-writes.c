/*
 * What the system alone takes for a thousand connections that send one message at a time: the floor of bench/mqtt-devices.ts at QoS 0. Frames
 * are made before anything is measured; then there is one write() for each, and nothing else.
 *
 *   bare-writes PORT CONNECTIONS WARM_UP MESSAGES TOPIC_FORMAT PAYLOAD_BYTES
 *
 * Prints user and system time of the messages behind the warm-up, and how long they took, in seconds.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 10000, MOST_BYTES = 1024 };

static unsigned char frames[MOST_CONNECTIONS][MOST_BYTES];
static size_t lengths[MOST_CONNECTIONS];
static int sockets[MOST_CONNECTIONS];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(int socket, const unsigned char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t taken = write(socket, bytes + done, length - done);
    if (taken < 0) fail("write");
    done += (size_t)taken;
  }
}

static void read_all(int socket, unsigned char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t got = read(socket, bytes + done, length - done);
    if (got <= 0) fail("read");
    done += (size_t)got;
  }
}

/* Connects by MQTT 3.1.1. */
static int connected(int port, int device) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int handle = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (handle < 0) fail("socket");
  if (connect(handle, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  unsigned char frame[64] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60};
  int name = snprintf((char *)frame + 14, sizeof frame - 14, "d-%08d", device);
  frame[12] = 0;
  frame[13] = (unsigned char)name;
  frame[1] = (unsigned char)(12 + name);
  write_all(handle, frame, 14 + (size_t)name);
  read_all(handle, frame, 4);
  return handle;
}

/* A PUBLISH of QoS 0; its remaining length takes two bytes. */
static size_t publish(unsigned char *frame, const char *format, int device, size_t payload) {
  int topic = snprintf((char *)frame + 5, MOST_BYTES - 5, format, device);
  size_t rest = 2 + (size_t)topic + payload;
  if (rest < 128 || rest + 3 > MOST_BYTES) exit(2);
  frame[0] = 0x30;
  frame[1] = (unsigned char)(rest & 127) | 128;
  frame[2] = (unsigned char)(rest >> 7);
  frame[3] = (unsigned char)(topic >> 8);
  frame[4] = (unsigned char)topic;
  memset(frame + 5 + topic, 'x', payload);
  return 3 + rest;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static double cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

static double wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **args) {
  if (count != 7) return 2;
  int port = atoi(args[1]), connections = atoi(args[2]);
  long warm_up = atol(args[3]), messages = atol(args[4]);
  if (connections < 1 || connections > MOST_CONNECTIONS) return 2;
  for (int i = 0; i < connections; i++) {
    sockets[i] = connected(port, i);
    lengths[i] = publish(frames[i], args[5], i, (size_t)atol(args[6]));
  }
  double began_cpu = 0, began = 0;
  for (long i = 0; i < warm_up + messages; i++) {
    if (i == warm_up) began_cpu = cpu(), began = wall();
    int device = (int)(i % connections);
    write_all(sockets[device], frames[device], lengths[device]);
  }
  printf("%f %f\n", cpu() - began_cpu, wall() - began);
  return 0;
}
