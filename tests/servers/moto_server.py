#!/usr/bin/env python3
"""Starts moto on a free port of 127.0.0.1: S3 and SQS, where a bucket's events go to a queue. It checks no signatures. Prints the port
once it answers, and ends when its standard input ends."""
import logging

import java_server
from moto.server import ThreadedMotoServer


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    java_server.tell_and_wait(server.get_host_and_port()[1])
    server.stop()


if __name__ == "__main__":
    main()
