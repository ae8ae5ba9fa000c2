"""A client that lies, stalls and vanishes: "abuse.py CERTS PORT [PATH]". Prints how the server ends each connection, and
whether it serves the next client; PATH is one for which it asks for a certificate after the handshake.

Run on the original: what is abused is the server."""
import socket
import ssl
import struct
import sys
import time

CERTS, PORT = sys.argv[1], int(sys.argv[2])
ASKED = sys.argv[3] if len(sys.argv) > 3 else None
PATIENCE = 15


def dial():
    return socket.create_connection(("127.0.0.1", PORT), PATIENCE)


def vanish(sock):
    """The client's machine is gone: a reset in the place of an end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def context(version=None, chain="client", extra=0):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(CERTS + "/root.pem")
    if version:
        context.minimum_version = context.maximum_version = version
    context.post_handshake_auth = True
    if chain:
        file = CERTS + "/" + chain + ".pem"
        if extra:
            file = sys.path[0] + "/" + "chain-%d-%d.pem" % (PORT, extra)
        context.load_cert_chain(file, CERTS + "/" + chain + ".key")
    return context


class Client:
    """A TLS client whose bytes pass through our hands."""

    def __init__(self, **how):
        self.sock = dial()
        self.inside, self.outside = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context(**how).wrap_bio(self.inside, self.outside, server_hostname="localhost")

    def step(self, call):
        """What the client wants to send when it has done what it can; None: it is done, and sends what there is."""
        try:
            self.result = call()
            return None
        except ssl.SSLWantReadError:
            return self.outside.read()

    def receive(self):
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionResetError
        self.inside.write(data)

    def finish(self, call):
        """Runs `call` to its end; the last bytes are not sent but returned."""
        while (out := self.step(call)) is not None:
            self.sock.sendall(out)
            self.receive()
        return self.outside.read()

    def flight(self):
        """The client's last flight, not sent yet."""
        self.sock.sendall(self.step(self.tls.do_handshake))
        while True:
            self.receive()
            if (out := self.step(self.tls.do_handshake)) != b"":
                return out or self.outside.read()

    def shake(self):
        self.sock.sendall(self.finish(self.tls.do_handshake))

    def ask(self, path="/"):
        self.tls.write(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path.encode())
        self.sock.sendall(self.outside.read())
        return self.finish(lambda: self.tls.read(12)) and None or self.result.decode()


def end_of(sock):
    """How the server ends a connection on which nothing readable comes any more."""
    data = b""
    try:
        while True:
            got = sock.recv(65536)
            if not got:
                break
            data += got
    except (ConnectionResetError, BrokenPipeError):
        pass
    except TimeoutError:
        return "left open"
    finally:
        sock.close()
    alerts = []
    if data[:1] not in (b"\x14", b"\x15", b"\x16", b"\x17"):
        return "closed" if not data else "closed after " + repr(data[:12])
    while len(data) >= 5 and data[0] in (20, 21, 22, 23):
        length = int.from_bytes(data[3:5], "big")
        if data[0] == 21 and length == 2:
            alerts.append("alert %d" % data[6])
        data = data[5 + length:]
    return "closed" + "".join(", " + alert for alert in alerts)


def served(version=None, path="/", **how):
    try:
        client = Client(version=version, **how)
        client.shake()
        return client.ask(path)
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        # An alert behind which the server closes at once may be lost with what it has not read.
        return "refused"


def hello():
    client = Client()
    client.sock.close()
    return client.step(client.tls.do_handshake)


def record(kind, body, version=b"\x03\x03"):
    return bytes([kind]) + version + len(body).to_bytes(2, "big") + body


HELLO = hello()
GARBAGE = {
    "nothing": b"",
    "HTTP": b"GET / HTTP/1.0\r\n\r\n",
    "zeros": bytes(20000),
    "ones": b"\xff" * 20000,
    "half a header": b"\x16\x03",
    "a record of nothing": record(22, b""),
    "a record that is too long": b"\x16\x03\x01\x48\x01" + bytes(18433),
    "data first": record(23, b"hello"),
    "an alert first": record(21, b"\x02\x28"),
    "half a hello": HELLO[: len(HELLO) // 2],
    "a hello of 16 MB, begun": record(22, b"\x01\xff\xff\xff" + bytes(16000)),
    "a hello with garbage in it": record(22, b"\x01\x00\x01\x00" + b"\xaa" * 256),
    "a hello twice": HELLO + HELLO,
    "a hello and garbage": HELLO + b"\xde\xad\xbe\xef" * 100,
}
# In the form of SSL 2.
OLD = {
    "an old hello": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(37),
    "half an old hello": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(20),
    "an old hello of a new version": b"\x80\x2e\x01\x03\x03\x00\x15\x00\x00\x00\x10" + bytes(37),
}


def garbage(data):
    sock = dial()
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return end_of(sock)


def mid_handshake(version, change, gone):
    client = Client(version=version)
    flight = change(client.flight())
    try:
        client.sock.sendall(flight)
        if gone:
            vanish(client.sock)
            return "vanished"
        client.sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return end_of(client.sock)


def damaged(flight):
    return flight[:-1] + bytes([flight[-1] ^ 1])


CHANGES = {
    "no flight": lambda flight: b"",
    "half a flight": lambda flight: flight[: len(flight) // 2],
    "a damaged flight": damaged,
    "a flight twice": lambda flight: flight + flight,
    "zeros for a flight": lambda flight: bytes(len(flight)),
    "data in the clear for a flight": lambda flight: record(23, b"hello"),
}


def asked_client():
    """A client that the server has asked after the handshake, and its answer, not sent yet."""
    client = Client(version=ssl.TLSVersion.TLSv1_3)
    client.shake()
    # Tickets and whatever else comes now is read before the question.
    client.sock.settimeout(0.2)
    try:
        while True:
            client.receive()
    except TimeoutError:
        pass
    client.sock.settimeout(PATIENCE)
    client.step(lambda: client.tls.read(1))
    client.tls.write(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % ASKED.encode())
    client.sock.sendall(client.outside.read())
    client.receive()
    return client, client.step(lambda: client.tls.read(1)) or b""


def asked(change, gone):
    """The server asks after the handshake, and is not answered as it should be."""
    client, answer = asked_client()
    try:
        client.sock.sendall(change(answer))
        if gone:
            vanish(client.sock)
            return "vanished"
        client.sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return end_of(client.sock)


def attack(name, call, *arguments):
    try:
        end = call(*arguments)
    except (ssl.SSLError, OSError) as error:
        end = "failed: " + type(error).__name__
    print("%s: %s; the next is %s" % (name, end, "served" if served() == "HTTP/1.1 200" else "not served"))


# These wait from beginning to end; the server must let go of them by itself.
stalled = []
for data in [b"", HELLO[:100]] * 8:
    sock = dial()
    sock.sendall(data)
    stalled.append(sock)
for _ in range(4):
    client = Client()
    client.flight()
    stalled.append(client.sock)
for part in (0, 10) if ASKED else ():
    client, answer = asked_client()
    client.sock.sendall(answer[:part])
    client.sock.settimeout(PATIENCE)
    stalled.append(client.sock)
begun = time.monotonic()

for name, data in GARBAGE.items():
    attack(name, garbage, data)
for name, data in OLD.items():
    # Standin has no alert for it.
    attack(name, lambda data: garbage(data).split(",")[0], data)
for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    for name, change in CHANGES.items():
        for gone in (False, True):
            label = "%s, %s%s" % (version.name, name, ", and gone" if gone else "")
            attack(label, mid_handshake, version, change, gone)
if ASKED:
    for name, change in CHANGES.items():
        for gone in (False, True):
            attack("asked later, %s%s" % (name, ", and gone" if gone else ""), asked, change, gone)
for extra in (10, 80, 250):
    file = sys.path[0] + "/" + "chain-%d-%d.pem" % (PORT, extra)
    with open(CERTS + "/client.pem") as own, open(CERTS + "/lower.pem") as other, open(file, "w") as out:
        out.write(own.read() + other.read() * extra)
    # Under TLS 1.2 to ask later would be to renegotiate.
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)[bool(ASKED):]:
        attack("%s, a chain of %d" % (version.name, extra + 1), lambda: served(version, ASKED or "/", extra=extra))
attack("nobody", lambda: served(path=ASKED or "/", chain=None))
print("stalled:", sorted({end_of(sock) for sock in stalled}), "in time" if time.monotonic() - begun < 20 else "late")
