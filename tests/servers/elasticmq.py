#!/usr/bin/env python3
"""Starts ElasticMQ on a free port of 127.0.0.1 with SQS's strict limits, behind a gate that checks signatures (key
AKTEST, secret SecretForTests, region eu-west-1), with the queues "events", whose messages go to "dead" when they were
received three times, and "plain". Prints the gate's port once it answers, and ends when its standard input ends.
usage: elasticmq.py JARS [PORT]   (.deps/elasticmq/lib; PORT: of the gate, else a free one)"""
import os, pathlib, socket, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
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


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    try:
        urllib.request.urlopen("http://127.0.0.1:%d/?Action=ListQueues" % port, timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        port = free_port()
        gate = Gate(int(sys.argv[2]) if len(sys.argv) > 2 else 0, port, "AKTEST", "SecretForTests", "sqs", "eu-west-1")
        (folder / "elasticmq.conf").write_text(CONFIG.format(port=port, gate=gate.server_port))
        java = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
             "-Dconfig.file=" + str(folder / "elasticmq.conf"), "-cp", sys.argv[1] + "/*", "org.elasticmq.server.Main"],
            stdin=subprocess.DEVNULL, stdout=(folder / "log").open("w"), stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 120
            while not answers(port):
                if java.poll() is not None or time.monotonic() > until:
                    sys.exit("ElasticMQ did not start:\n" + (folder / "log").read_text()[-2000:])
                time.sleep(0.1)
            threading.Thread(target=gate.serve_forever, daemon=True).start()
            os.write(1, b"%d\n" % gate.server_port)
            while os.read(0, 4096):
                pass
        finally:
            java.kill()
            java.wait()


if __name__ == "__main__":
    main()
