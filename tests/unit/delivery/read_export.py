"""Reads a published file strictly, by the rules of its format and not by how we write it.

usage: read_export.py FORMAT FILE    prints what is in it as JSON, or {"error": …}
"""
import csv
import html
import io
import json
import re
import sys


class Broken(Exception):
    pass


def need(condition, sentence):
    if not condition:
        raise Broken(sentence)


def read_csv(text):  # RFC 4180
    need(text.endswith("\r\n"), "the last line has no CRLF")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    need(len({len(row) for row in rows}) == 1, "rows of different length")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def read_vtt(text):  # https://www.w3.org/TR/webvtt1/, section 4.1
    blocks = text.split("\n\n")
    need(re.fullmatch(r"WEBVTT([ \t][^\n]*)?\n?", blocks[0]) and "-->" not in blocks[0], "no WEBVTT header")
    need(text.endswith("\n") and "\r" not in text and "\0" not in text, "line ends")
    cues, last = [], 0
    for block in blocks[1:]:
        timing, _, payload = block.rstrip("\n").partition("\n")
        stamp = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
        match = re.fullmatch(stamp + "[ \t]+-->[ \t]+" + stamp, timing)
        need(match, f"no timing: {timing}")
        h, m, s, ms, *end = map(int, match.groups())
        start, end = ((h * 60 + m) * 60 + s) * 1000 + ms, ((end[0] * 60 + end[1]) * 60 + end[2]) * 1000 + end[3]
        need(end > start >= last, f"cues out of order or without length: {timing}")
        need(payload and "-->" not in payload and "\n\n" not in payload, "payload")
        bare = re.sub(r"&(amp|lt|gt|lrm|rlm|nbsp);", "", payload)
        need("&" not in bare and "<" not in bare, f"bare & or <: {payload}")
        cues.append({"start": start, "end": end, "text": html.unescape(payload)})
        last = start
    return cues


def frames(timecode, fps, drop):  # SMPTE ST 12-1
    match = re.fullmatch(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d)", timecode)
    need(match, f"no timecode: {timecode}")
    need((match[4] == ";") == drop, f"{timecode} does not count as FCM says")
    h, m, s, f = (int(match[i]) for i in (1, 2, 3, 5))
    dropped = 2 * (fps // 30) if drop else 0
    need(f < fps and m < 60 and s < 60 and not (drop and s == 0 and m % 10 and f < dropped), f"{timecode} is no frame")
    minutes = h * 60 + m
    return (minutes * 60 + s) * fps + f - dropped * (minutes - minutes // 10)


def read_edl(text, fps):  # CMX 3600 (SMPTE 258M)
    lines = text.split("\n")
    need(lines[-1] == "" and "\r" not in text, "line ends")
    need(lines[0].startswith("TITLE: "), "no TITLE")
    need(lines[1] in ("FCM: DROP FRAME", "FCM: NON-DROP FRAME"), "no FCM")
    drop, events = lines[1] == "FCM: DROP FRAME", []
    recorded = frames("01:00:00;00" if drop else "01:00:00:00", fps, drop)
    for line in filter(None, lines[2:]):
        if line.startswith("* "):
            need(events, "a comment before the first event")
            word, _, rest = line[2:].partition(": ")
            if word == "LOC":
                match = re.fullmatch(r"(\S{11}) (RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|BLACK|WHITE) +(.+)", rest)
                need(match, f"no locator: {rest}")
                need(frames(match[1], fps, drop) == events[-1]["record"], "the locator is not at its event")
                rest = [match[2], match[3]]
            events[-1][word] = rest
            continue
        match = re.fullmatch(r"(\d{3,})  ([A-Z0-9]{1,8}) +V     C        (\S+) (\S+) (\S+) (\S+)", line)
        need(match, f"no event: {line}")
        need(int(match[1]) == len(events) + 1, "events do not count up")
        a, b, c, d = (frames(match[i], fps, drop) for i in range(3, 7))
        need(b - a == d - c > 0, f"source and record are not of one length: {line}")
        need(c == recorded, f"a gap or an overlap before: {line}")
        recorded = d
        events.append({"in": a, "out": b, "record": c})
    return {"title": lines[0][7:], "drop": drop, "events": events}


def read_avid(text):  # as Media Composer exports: name, timecode, track, colour, comment, length
    need(text == "" or text.endswith("\n"), "the last line has no end")
    markers = []
    for line in text.split("\n")[:-1]:
        fields = line.split("\t")
        need(len(fields) == 6, f"{len(fields)} fields: {line}")
        need(re.fullmatch(r"\d\d:\d\d:\d\d[:;]\d\d", fields[1]), f"no timecode: {line}")
        need(re.fullmatch(r"[VA]\d+", fields[2]), f"no track: {line}")
        need(fields[3] in ("red", "green", "blue", "cyan", "magenta", "yellow", "black", "white"), "colour")
        need(int(fields[5]) > 0, "length")
        markers.append(fields)
    return markers


BOX = {"Width": float, "Height": float, "Left": float, "Top": float}
FACE = {"FaceId": str, "ExternalImageId": str, "BoundingBox": BOX, "ImageId": str, "Confidence": float}
FACE_SEARCH = {  # the members of API_GetFaceSearch that do not need a service
    "JobStatus": str, "StatusMessage": str, "NextToken": str,
    "VideoMetadata": {"Codec": str, "DurationMillis": int, "Format": str, "FrameRate": float, "FrameHeight": int,
                      "FrameWidth": int, "ColorRange": str},
    "Persons": [{"Timestamp": int,
                 "Person": {"Index": int, "BoundingBox": BOX, "Face": {"BoundingBox": BOX, "Confidence": float}},
                 "FaceMatches": [{"Similarity": float, "Face": FACE}]}],
}


def fits(value, shape, path=""):
    if isinstance(shape, dict):
        need(isinstance(value, dict), f"{path} is no object")
        for name, member in value.items():
            need(name in shape, f"{path}/{name} is no member of GetFaceSearch's answer")
            fits(member, shape[name], f"{path}/{name}")
    elif isinstance(shape, list):
        need(isinstance(value, list), f"{path} is no list")
        for i, member in enumerate(value):
            fits(member, shape[0], f"{path}/{i}")
    else:
        need(isinstance(value, (int, float) if shape is float else shape), f"{path} is no {shape.__name__}")


def read_face_search(text):
    value = json.loads(text)
    fits(value, FACE_SEARCH)
    times = [person["Timestamp"] for person in value["Persons"]]
    need(times == sorted(times), "not by time")
    return value


def main(form, path):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    name, _, fps = form.partition("@")
    readers = {"csv": read_csv, "vtt": read_vtt, "avid-markers": read_avid, "face-search": read_face_search,
               "edl": lambda text: read_edl(text, int(fps))}
    try:
        return readers[name](text)
    except (Broken, csv.Error, ValueError) as error:
        return {"error": str(error)}


print(json.dumps(main(*sys.argv[1:])))
