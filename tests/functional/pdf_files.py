"""PDF files for tests, written by hand: object by object."""
import hashlib


def pdf(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R", table: bool = True) -> bytes:
    """A PDF file of these objects; without `table` its cross-reference leads nowhere."""
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    count, start = max(objects) + 1, len(out)
    if not table:
        return out + b"trailer << %s >>\nstartxref\n99999999\n%%%%EOF\n" % trailer
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    out += b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, count))
    return out + b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start)


def stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def text(x: float, y: float, words: str, font: str = "F1", size: float = 10) -> bytes:
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET\n" % (font.encode(), size, x, y, words.encode())


def document(*pages: bytes, page: bytes = b"", resources: bytes = b"", catalog: bytes = b"", more: dict[int, bytes] | None = None, **how) -> bytes:
    """A PDF with these pages' contents; F1 is Helvetica, F2 bold, F3 Courier."""
    kids = b" ".join(b"%d 0 R" % (10 + 2 * i) for i in range(len(pages)))
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
               2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))}
    for number, name in enumerate((b"Helvetica", b"Helvetica-Bold", b"Courier"), 3):
        objects[number] = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name
    for i, content in enumerate(pages):
        objects[10 + 2 * i] = (b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R %s "
                               b"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> %s >> >>" % (11 + 2 * i, page, resources))
        objects[11 + 2 * i] = stream(content)
    return pdf(objects | (more or {}), **how)


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def encrypted(words: bytes, user: bytes = b"") -> bytes:
    """A document of these words that opens with that password of its reader (ISO 32000-1, 7.6: revision 2, 40 bits)."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (user + padding)[:32]
    owner = rc4(hashlib.md5((b"owner" + padding)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + (-4 & 0xFFFFFFFF).to_bytes(4, "little") + b"\0" * 16).digest()[:5]
    content = rc4(hashlib.md5(key + (11).to_bytes(3, "little") + b"\0\0").digest()[:10], text(72, 700, words.decode()))
    locks = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (owner.hex().encode(), rc4(key, padding).hex().encode())
    return document(b"", trailer=b"/Root 1 0 R /Encrypt 7 0 R /ID [<%s> <%s>]" % (b"00" * 16, b"00" * 16), more={7: locks, 11: stream(content)})


SENTENCES = [f"This is line {word} of a text that is as wide as one column." for word in ("one", "two", "three", "four", "five", "six")]
PARAGRAPH = b"".join(text(72, 700 - 12 * i, line) for i, line in enumerate(SENTENCES))
