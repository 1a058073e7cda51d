"""What the fake stores have in common: a server on a port of its own that ends with its parent, and faults by order."""
import http.server, os, random, re, sys, threading


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, OSError)):
            super().handle_error(request, client_address)


def start(handler, port=0):
    """A server of 127.0.0.1 on a thread of its own; its port is server_address[1]."""
    server = Server(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def serve(handler):
    """Runs a fake as the tests start it: FAKE [PORT [PEM [CLIENT_CA]]]. PEM: a file with the certificate and its key; CLIENT_CA: the
    authority of the clients. It prints its port, and ends when its standard input does."""
    server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), handler)
    if len(sys.argv) > 2:
        import ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        if len(sys.argv) > 3:
            context.load_verify_locations(sys.argv[3])
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
    os.write(1, b"%d\n" % server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while os.read(0, 4096):
        pass


def take_fault(faults, method, path, query="", key=None):
    """The first of `faults` that is due for the request: {method: expression, path: expression, key: of a store's object, query: a part of it,
    times | share}; {} when none is."""
    for fault in faults:
        if not re.fullmatch(fault.get("method", ".*"), method) or not re.search(fault.get("path", ""), path):
            continue
        if fault.get("key", key) != key or fault.get("query", "") not in query:
            continue
        if "share" in fault:
            if random.random() >= fault["share"]:
                continue
        elif fault.get("times", 1) <= 0:
            continue
        else:
            fault["times"] = fault.get("times", 1) - 1
        return fault
    return {}
