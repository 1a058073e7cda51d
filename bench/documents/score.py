"""How near a Markdown text is to another, and its headings to a document's outline."""
import collections
import re
import unicodedata

WORD = re.compile(r"[^\W_]+")


def plain(markdown):
    """The text without Markdown's own signs, pictures, addresses of links and HTML tags."""
    text = unicodedata.normalize("NFKC", markdown)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>\n]{1,80}>", " ", text)
    text = re.sub(r"[*_#>|`\\$~]+", " ", text)
    return re.sub(r"-{3,}", " ", text)


def words(markdown):
    return WORD.findall(plain(markdown).lower())


def headings(markdown):
    found, in_code = [], False
    for line in markdown.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        match = None if in_code else re.match(r"^\s{0,3}#{1,6}\s+(.*)", line)
        if match and (title := " ".join(words(match[1]))):
            found.append(title)
    return found


def unnumbered(title):
    """A title's words without "Chapter", "Appendix" and numbers before them."""
    rest = WORD.findall(title.lower())
    while rest and (rest[0].isdigit() or rest[0] in ("chapter", "appendix") or (len(rest[0]) == 1 and rest[0] != "a")):
        rest = rest[1:]
    return " ".join(rest)


def overlap(found, wanted):
    """Precision, recall and F1 of two bags."""
    shared = sum((collections.Counter(found) & collections.Counter(wanted)).values())
    precision, recall = shared / max(1, len(found)), shared / max(1, len(wanted))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def in_order(found, wanted):
    """How many words both have in one order: the longest common subsequence, a bit for each wanted word (Hyyro 2004)."""
    places, every = {}, (1 << len(wanted)) - 1
    for place, word in enumerate(wanted):
        places[word] = places.get(word, 0) | 1 << place
    missing = every
    for word in found:
        here = missing & places.get(word, 0)
        missing = (missing + here | missing - here) & every
    return len(wanted) - missing.bit_count()


def score(markdown, reference):
    """NID: 1 - insertions and deletions between the words in order, over both lengths. F1 of words and of whole headings."""
    got, want = words(markdown), words(reference)
    return {
        "nid": 2 * in_order(got, want) / max(1, len(got) + len(want)),
        "word_f1": overlap(got, want)[2],
        "heading_f1": overlap(headings(markdown), headings(reference))[2],
    }


def outline_score(found, titles):
    """Recall and F1 of titles that were found against those of the document's own outline."""
    wanted = [title for title in map(unnumbered, titles) if title]
    _, recall, f1 = overlap([title for title in map(unnumbered, found) if title], wanted)
    return recall, f1
