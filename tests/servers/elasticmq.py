#!/usr/bin/env python3
"""Starts ElasticMQ on a free port of 127.0.0.1 with SQS's strict limits, behind a gate that checks signatures (key
AKTEST, secret SecretForTests, region eu-west-1), with the queues "events", whose messages go to "dead" when they were
received three times, and "plain". Prints the gate's port once it answers, and ends when its standard input ends.
usage: elasticmq.py JARS [PORT]   (.deps/elasticmq/lib; PORT: of the gate, else a free one)"""
import pathlib, sys, tempfile, threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import java_server
from sigv4_gate import Gate

CONFIG = """include classpath("application.conf")
node-address {{ protocol = http, host = "127.0.0.1", port = {gate}, context-path = "" }}
rest-sqs {{ enabled = true, bind-port = {port}, bind-hostname = "127.0.0.1", sqs-limits = strict }}
rest-stats {{ enabled = false }}
queues {{
  dead {{ }}
  events {{ deadLettersQueue {{ name = "dead", maxReceiveCount = 3 }} }}
  plain {{ }}
}}
"""


def main():
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), java_server.free_port()
        gate = Gate(int(sys.argv[2]) if len(sys.argv) > 2 else 0, port, "AKTEST", "SecretForTests", "sqs", "eu-west-1")
        (folder / "elasticmq.conf").write_text(CONFIG.format(port=port, gate=gate.server_port))
        arguments = ["-Dconfig.file=" + str(folder / "elasticmq.conf"), "org.elasticmq.server.Main"]
        with java_server.running("ElasticMQ", folder, sys.argv[1], arguments, "http://127.0.0.1:%d/?Action=ListQueues" % port):
            threading.Thread(target=gate.serve_forever, daemon=True).start()
            java_server.tell_and_wait(gate.server_port)



if __name__ == "__main__":
    main()
