"""Documents made by typst, with the Markdown they are known to say: columns, running headers, lists, tables, code, footnotes, several fonts."""
import collections
import random

DOCUMENTS = 30
FONTS = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
WORDS = """archive assembly balance boundary capture catalogue channel chapter collection comparison condition container correction
currency delivery department description detail direction distance document editor element engine evidence exchange explanation
factory feature figure foundation fragment frequency garden gesture history horizon identity impression industry instrument interval
journal judgement kitchen knowledge landscape language letter library machine magazine material measurement medicine meeting memory
message minister mountain movement museum narrative neighbour notebook observation occasion office operation opinion orchestra origin
package painting paragraph partner passage pattern performance picture platform pleasure position practice preparation presence pressure
principle procedure professor programme property proposal purpose quality quantity question reaction reason recording reference region
relation remainder repetition response restaurant resource revolution sequence service signature situation society solution standard
statement station structure summary surface surprise technique temperature territory theatre theory tradition translation transport
treatment understanding university variation vehicle village weather welcome window wonder and the of in a to with for by from before
after under over between is was remains follows becomes gives takes makes finds keeps holds shows small large early late quiet open""".split()
VERBS = ("follows", "gives", "takes", "shows", "holds", "keeps")


class Text:
    """One document: typst's source, the Markdown it stands for, and the cells of its tables."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.source, self.markdown, self.cells = [], [], []
        self.footnotes = seed % 3 == 1
        self.tables = ("grid", "rules", "none")[seed // 2 % 3]
        self.numbered = seed % 4 in (1, 2)
        self.counts = [0, 0, 0]

    def words(self, least, most):
        return [self.random.choice(WORDS) for _ in range(self.random.randint(least, most))]

    def sentence(self, least=8, most=22):
        return " ".join(self.words(least, most)).capitalize() + "."

    def put(self, source, markdown):
        self.source.append(source)
        self.markdown.append(markdown)

    def heading(self, level):
        title = " ".join(self.words(2, 6)).capitalize()
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (3 - level)
        number = ".".join(map(str, self.counts[:level])) + " " if self.numbered else ""
        self.put(f"{'=' * level} {title}", f"{'#' * level} {number}{title}")

    def paragraph(self):
        sentences = [self.sentence() for _ in range(self.random.randint(2, 6))]
        source, markdown = sentences[:], sentences[:]
        choice = self.random.random()
        if choice < 0.3:
            source[0], markdown[0] = f"*{source[0]}*", f"**{markdown[0]}**"
        elif choice < 0.6:
            source[1], markdown[1] = f"_{source[1]}_", f"*{markdown[1]}*"
        note = self.sentence(4, 9) if self.footnotes and self.random.random() < 0.3 else ""
        self.put(" ".join(source) + (f"#footnote[{note}]" if note else ""), " ".join(markdown) + (f"\n\n{note}" if note else ""))

    def list(self):
        ordered, source, markdown = self.random.random() < 0.4, [], []
        for number in range(1, self.random.randint(3, 6)):
            item = self.sentence(4, 16)
            source.append(f"{'+' if ordered else '-'} {item}")
            markdown.append(f"{f'{number}.' if ordered else '-'} {item}")
            for _ in range(self.random.choice((0, 0, 2))):
                item = self.sentence(3, 8)
                source.append(f"  - {item}")
                markdown.append(f"   - {item}")
        self.put("\n".join(source), "\n".join(markdown))

    def table(self):
        columns, rows = self.random.randint(3, 4), self.random.randint(4, 7)
        cells = [[" ".join(self.words(1, 2)).capitalize() for _ in range(columns)]]
        for _ in range(rows):
            cells.append([self.random.choice(WORDS)] + [f"{self.random.randint(1, 9999) / 10:.1f}" for _ in range(columns - 1)])
        stroke = "0.5pt" if self.tables == "grid" else "none"
        body = [f"  [{cell}]," for row in cells for cell in row]
        if self.tables == "rules":
            body = ["  table.hline(),", *body[:columns], "  table.hline(),", *body[columns:], "  table.hline(),"]
        align = "left, " + "right, " * (columns - 1)
        self.put(f"#table(columns: {columns}, stroke: {stroke}, align: ({align}),\n" + "\n".join(body) + "\n)",
                 "\n".join("| " + " | ".join(row) + " |" for row in cells))
        self.cells += [(column, cell.lower()) for row in cells for column, cell in enumerate(row)]

    def code(self):
        lines = [f"def {self.random.choice(VERBS)}_{self.random.choice(WORDS)}(value):"]
        for _ in range(self.random.randint(2, 5)):
            lines.append(f"{' ' * 4 * self.random.randint(1, 2)}{self.random.choice(WORDS)} = value + {self.random.randint(1, 99)}")
        text = "```\n" + "\n".join(lines) + "\n```"
        self.put(text, text)


def made(seed):
    """The source, the Markdown, the cells, and whether it is tagged, of document `seed`."""
    text = Text(seed)
    columns, font = 2 if seed % 3 == 0 else 1, FONTS[seed // 3 % 2]
    header = " ".join(text.words(2, 4)).capitalize()
    page = [f"#set page(paper: \"{'a4' if seed % 2 else 'us-letter'}\", columns: {columns}, numbering: \"1\"",
            f", header: align(right)[{header}]" if seed % 4 < 3 else "", ")"]
    text.source = ["".join(page), f"#set text(font: \"{font}\", size: {9 + seed % 4}pt)", "#set par(justify: true)",
                   "#set heading(numbering: \"1.1\")" if text.numbered else "",
                   "#set heading(bookmarked: false)" if seed % 2 else ""]
    for _ in range(3):
        text.heading(1)
        text.paragraph()
        for _ in range(3):
            text.heading(text.random.choice((2, 2, 3)) if text.counts[1] else 2)
            for make in text.random.sample((text.paragraph, text.paragraph, text.list, text.table, text.code), 3):
                make()
            text.paragraph()
    return "\n\n".join(filter(None, text.source)), "\n\n".join(text.markdown), text.cells, seed % 5 < 2


def cells_of(markdown):
    """Every cell of the tables: its column and its text."""
    found = []
    for line in markdown.splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            found += [(column, cell.strip(" *").lower()) for column, cell in enumerate(line.strip().strip("|").split("|"))]
    return collections.Counter(found)


def many_pages(path, count):
    """A PDF of that many pages, each with forty lines of its own words."""
    with path.open("wb") as file:
        places = [0] * (3 + 2 * count)

        def add(number, body):
            places[number - 1] = file.tell()
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

        file.write(b"%PDF-1.7\n")
        add(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        add(2, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(count))))
        add(3, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        for page in range(count):
            lines = b"".join(b"BT /F 10 Tf 72 %d Td (Page %d has in line %d the words number %d and some others.) Tj ET\n"
                             % (740 - 16 * line, page, line, 7 * page + line) for line in range(40))
            add(4 + 2 * page, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>"
                % (5 + 2 * page))
            add(5 + 2 * page, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(lines), lines))
        start = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
        file.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))
