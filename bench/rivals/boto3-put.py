# Puts the same record again and again with boto3, 500 a request, in so many threads; prints what it cost as JSON.
#   boto3-put.py ENDPOINT EVENTS WARM_UP BYTES CERTIFICATES|-
import json
import os
import sys
import threading
import time

import boto3
import botocore.config

endpoint, events, warm_up, size, certificates = sys.argv[1:]
THREADS = 4
PER_REQUEST = 500
PHONES = 10_000
data = b"x" * int(size)
client = boto3.client(
    "kinesis",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="bench",
    aws_secret_access_key="bench",
    verify=None if certificates == "-" else certificates,
    config=botocore.config.Config(max_pool_connections=THREADS),
)


def put(requests):
    for request in range(requests):
        first = request * PER_REQUEST
        records = [
            {"Data": data, "PartitionKey": "dev-%08d" % ((first + i) % PHONES)} for i in range(PER_REQUEST)
        ]
        answer = client.put_records(StreamName="bench", Records=records)
        assert answer["FailedRecordCount"] == 0


def all_threads(count):
    requests = count // PER_REQUEST // THREADS
    threads = [threading.Thread(target=put, args=(requests,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return requests * PER_REQUEST * THREADS


all_threads(int(warm_up))
began, before = time.monotonic(), os.times()
put_events = all_threads(int(events))
after = os.times()
cpu = after.user + after.system - before.user - before.system
print(json.dumps({"cpuSeconds": cpu, "wallSeconds": time.monotonic() - began, "events": put_events}))
