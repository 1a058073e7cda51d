"""Documents as Markdown by the built programs: what comes out of a PDF, and what bad ones end as."""
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from pdf_files import PARAGRAPH, document, encrypted, stream, text
from service import DEPS, PROGRAMS


class Converted(unittest.TestCase):
    def setUp(self) -> None:
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)

    def run_on(self, data: bytes, **config) -> subprocess.CompletedProcess:
        file = self.folder / "document.pdf"
        file.write_bytes(data)
        environment = {"DATA_DIR": str(self.folder / "data"), "MODEL_DIR": str(DEPS / "models"), "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [PROGRAMS / "notifications-api", "process", file, "--processor", "document-markdown", "--json", "--artifacts", self.folder / "out",
             "--config", json.dumps(config)], env=environment, text=True, capture_output=True, timeout=300)

    def convert(self, data: bytes, **config) -> tuple[str, dict]:
        done = self.run_on(data, **config)
        self.assertEqual(done.returncode, 0, done.stderr)
        return (self.folder / "out/document.md").read_text(), json.loads(done.stdout)

    def assert_fails(self, sentence: str, data: bytes, **config) -> None:
        done = self.run_on(data, **config)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(sentence, done.stderr)


class DocumentTest(Converted):
    def test_the_command_says_where_the_text_is_and_when_it_is_not_kept(self) -> None:
        file = self.folder / "document.pdf"
        file.write_bytes(document(PARAGRAPH))
        command = [PROGRAMS / "notifications-api", "process", file, "--processor", "document-markdown"]
        environment = {"DATA_DIR": str(self.folder / "data"), "MODEL_DIR": str(DEPS / "models"), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=300)
        self.assertIn("no artifact is kept: --artifacts FOLDER writes them", done.stdout)
        done = subprocess.run([*command, "--artifacts", self.folder / "out"], env=environment, text=True, capture_output=True, timeout=300)
        self.assertIn(f"artifact {self.folder}/out/document.md (text/markdown", done.stdout)
        self.assertNotIn("no artifact is kept", done.stdout)

    def test_lines_become_a_paragraph_and_divided_words_are_whole(self) -> None:
        page = text(72, 700, "A word that was divi-") + text(72, 688, "ded is whole again, and lines are one paragraph.")
        markdown, told = self.convert(document(page))
        self.assertEqual(markdown.strip(), "A word that was divided is whole again, and lines are one paragraph.")
        self.assertEqual(told["pages"], 1)

    def test_the_outline_a_document_has_says_what_the_outline_is(self) -> None:
        pages = [text(72, 740, f"{title}", "F2", 16) + PARAGRAPH for title in ("Abstract", "Files", "Folders", "Links")]
        marks = {60: b"<< /First 61 0 R /Last 63 0 R >>"} | {61 + i: b"<< /Title (%s) /Dest [%d 0 R /Fit] /Next %d 0 R >>" % (title, 12 + 2 * i, 62 + i)
                                                             for i, title in enumerate((b"Files", b"Folders", b"Links"))}
        marked = document(*pages, catalog=b"/Outlines 60 0 R", more=marks)
        markdown, told = self.convert(marked)
        self.assertEqual([entry["title"] for entry in told["outline"]], ["Files", "Folders", "Links"])
        self.assertIn("# Abstract\n", markdown)
        _, told = self.convert(document(*pages))
        self.assertEqual([entry["title"] for entry in told["outline"]], ["Abstract", "Files", "Folders", "Links"])

    def test_a_larger_bold_line_is_a_heading_with_its_page(self) -> None:
        page = text(72, 740, "2 Files and folders", "F2", 16) + PARAGRAPH
        markdown, told = self.convert(document(PARAGRAPH, page))
        self.assertIn("# 2 Files and folders\n", markdown)
        self.assertEqual([(entry["title"], entry["page"]) for entry in told["outline"]], [("2 Files and folders", 2)])

    def test_two_columns_are_read_one_after_the_other(self) -> None:
        lines = [f"{side} column, line {i}, has words to its end" for side in ("Left", "Right") for i in range(1, 7)]
        page = text(72, 740, "A title that stands across both of the columns of this page, from left to right, all of it.")
        for i in range(6):
            page += text(72, 700 - 12 * i, lines[i]) + text(320, 700 - 12 * i, lines[6 + i])
        markdown, _ = self.convert(document(page))
        self.assertEqual([part for part in lines if part in markdown], lines)
        self.assertEqual(sorted(lines, key=markdown.index), lines)

    def test_ruled_cells_are_a_table(self) -> None:
        rules = b"".join(b"72 %d m 300 %d l S\n" % (y, y) for y in (720, 700, 660))
        cells = b"".join(text(x, y, f"{name}{row}") for row, y in enumerate((706, 686, 668)) for x, name in ((80, "a"), (160, "b"), (240, "c")))
        markdown, told = self.convert(document(rules + cells))
        self.assertEqual(told["tables"], 1)
        self.assertIn("| a0 | b0 | c0 |\n|---|---|---|\n| a1 | b1 | c1 |\n| a2 | b2 | c2 |\n", markdown)

    def test_cells_without_any_rule_are_a_table_and_a_list_of_pages_is_none(self) -> None:
        rows = [("Name", "Size", "Time"), ("alpha", "1.5", "20 ms"), ("beta", "3.25", "7 ms"), ("gamma", "11", "900 ms")]
        cells = b"".join(text(x, 500 - 16 * i, cell) for i, row in enumerate(rows) for x, cell in zip((72, 150, 220), row))
        markdown, told = self.convert(document(PARAGRAPH + cells))
        self.assertEqual(told["tables"], 1)
        self.assertIn("| Name | Size | Time |\n|---|---|---|\n| alpha | 1.5 | 20 ms |\n| beta | 3.25 | 7 ms |\n| gamma | 11 | 900 ms |\n", markdown)
        pages = b"".join(text(72, 500 - 16 * i, f"Title {name}") + text(400, 500 - 16 * i, str(3 + 4 * i)) for i, name in enumerate("abcd"))
        self.assertEqual(self.convert(document(PARAGRAPH + pages))[1]["tables"], 0)

    def test_text_that_goes_on_in_its_cell_is_one_cell(self) -> None:
        rules = b"".join(b"72 %d m 300 %d l S\n" % (y, y) for y in (720, 696, 608))
        rows = [(706, "Name", "Meaning"), (680, "first", "words that go on"), (668, None, "in a second line"), (644, "second", "one"), (620, "third", "two")]
        cells = b"".join(text(x, y, cell) for y, *row in rows for x, cell in zip((80, 160), row) if cell)
        markdown, _ = self.convert(document(rules + cells))
        self.assertIn("| first | words that go on in a second line |\n| second | one |\n| third | two |", markdown)

    def test_a_grid_with_little_in_it_is_the_ground_of_a_plot(self) -> None:
        level = b"".join(b"100 %d m 300 %d l S\n" % (y, y) for y in range(400, 601, 40))
        plumb = b"".join(b"%d 400 m %d 600 l S\n" % (x, x) for x in range(100, 301, 40))
        _, told = self.convert(document(PARAGRAPH + level + plumb + text(110, 410, "low") + text(270, 570, "high")))
        self.assertEqual(told["tables"], 0)

    def test_a_table_at_the_foot_of_a_column_is_read_before_the_next_column(self) -> None:
        left = b"".join(text(72, 700 - 12 * i, f"Left column, line {i}, has words to its end") for i in range(6))
        right = b"".join(text(320, 700 - 12 * i, f"Right column, line {i}, has words to its end") for i in range(12))
        rules = b"".join(b"72 %d m 280 %d l S\n" % (y, y) for y in (610, 590, 550))
        cells = b"".join(text(x, y, f"{name}{y}") for y in (596, 576, 558) for x, name in ((80, "a"), (160, "b")))
        markdown, _ = self.convert(document(left + right + rules + cells + text(72, 60, "A last line across both of the columns of this page, to its right.")))
        self.assertLess(markdown.index("a576"), markdown.index("Right column, line 0"))

    def test_a_bold_line_with_room_behind_it_is_a_heading_and_bold_words_before_text_are_none(self) -> None:
        page = text(72, 714, "A bold line", "F2") + PARAGRAPH
        self.assertIn("# A bold line\n", self.convert(document(page))[0])
        bold = text(72, 714, "These are bold words which are as wide as this one column", "F2")
        self.assertIn("**These are bold words", self.convert(document(bold + PARAGRAPH))[0])

    def test_what_the_structure_calls_a_heading_is_one_and_artifacts_are_dropped(self) -> None:
        page = (b"/Artifact BMC\n" + text(72, 770, "Only on this page") + b"EMC\n/H2 << /MCID 0 >> BDC\n" + text(72, 740, "No larger than the text") +
                b"EMC\n/P << /MCID 1 >> BDC\n" + PARAGRAPH + b"EMC\n")
        tagged = document(page, page=b"/StructParents 0", catalog=b"/MarkInfo << /Marked true >> /StructTreeRoot 70 0 R", more={
            70: b"<< /Type /StructTreeRoot /K [71 0 R] /ParentTree 74 0 R >>",
            71: b"<< /Type /StructElem /S /Document /P 70 0 R /K [72 0 R 73 0 R] >>",
            72: b"<< /Type /StructElem /S /H2 /P 71 0 R /Pg 10 0 R /K 0 >>", 73: b"<< /Type /StructElem /S /P /P 71 0 R /Pg 10 0 R /K 1 >>",
            74: b"<< /Nums [0 [72 0 R 73 0 R]] >>"})
        markdown, told = self.convert(tagged)
        self.assertEqual(told["outline"], [{"level": 2, "title": "No larger than the text", "page": 1}])
        self.assertEqual(told["dropped"], {"headers": 1, "footers": 0, "scripts": 0, "files": 0})
        self.assertNotIn("Only on this page", markdown)

    def test_letters_of_one_width_are_code_with_its_indentation(self) -> None:
        code = text(72, 600, "int main() {", "F3") + text(96, 588, "return 0;", "F3") + text(72, 576, "}", "F3")
        markdown, _ = self.convert(document(PARAGRAPH + code))
        self.assertIn("```\nint main() {\n    return 0;\n}\n```", markdown)

    def test_running_headers_and_page_numbers_are_dropped(self) -> None:
        pages = [text(72, 760, "Annual report") + PARAGRAPH + text(300, 30, str(17 + i)) for i in range(4)]
        markdown, told = self.convert(document(*pages))
        self.assertEqual(told["dropped"], {"headers": 4, "footers": 4, "scripts": 0, "files": 0})
        self.assertNotIn("Annual report", markdown)
        self.assertEqual(markdown.count("line one"), 4)

    def test_a_turned_page_is_read_upright(self) -> None:
        sideways = b"q 0 1 -1 0 612 0 cm\n" + text(72, 300, "These words stand sideways on their page.") + b"Q\n"
        for page in (document(PARAGRAPH, page=b"/Rotate 90"), document(PARAGRAPH, page=b"/Rotate 180"), document(sideways)):
            markdown, _ = self.convert(page)
            self.assertRegex(markdown, "This is line one of a text|These words stand sideways on their page")

    def test_only_the_pages_asked_for_are_read(self) -> None:
        pages = [text(72, 700, f"Only words of page {word}.") for word in ("one", "two", "three")]
        markdown, told = self.convert(document(*pages), first_page=2, last_page=2, page_separators=True)
        self.assertEqual(markdown.strip(), "<!-- page 2 -->\n\nOnly words of page two.")
        self.assertEqual(told["pages"], 1)

    def test_what_is_no_document_any_more_fails_with_a_sentence(self) -> None:
        whole = document(PARAGRAPH)
        self.assert_fails("damaged or cut off", whole[:60])
        self.assert_fails("damaged or cut off", b"%PDF-1.7\n" + bytes(5000))

    def test_an_encrypted_document_fails_with_a_sentence(self) -> None:
        locked = document(PARAGRAPH, trailer=b"/Root 1 0 R /Encrypt 7 0 R /ID [<00> <00>]", more={
            7: b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)})
        self.assert_fails("encrypted", locked)

    def test_a_document_that_only_its_owner_may_change_is_read(self) -> None:
        markdown, _ = self.convert(encrypted(b"hidden in the file, and read"))
        self.assertEqual(markdown.strip(), "hidden in the file, and read")

    def test_a_password_opens_a_document_and_another_does_not(self) -> None:
        locked = encrypted(b"hidden in the file, and read", user=b"open")
        markdown, told = self.convert(locked, password="open")
        self.assertEqual(markdown.strip(), "hidden in the file, and read")
        self.assertNotIn("open", str(told))
        self.assert_fails("opens only with a password", locked)
        self.assert_fails("the configured password does not open it", locked, password="shut")

    def test_text_from_right_to_left_is_in_the_order_of_its_letters(self) -> None:
        codes = b"".join(b"<%02X> <%04X>\n" % (0x41 + i, 0x05D0 + i) for i in range(4))
        cmap = b"begincmap\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n4 beginbfchar\n" + codes + b"endbfchar\nendcmap"
        hebrew = document(text(300, 700, "DCBA"), more={
            3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 81 0 R >>", 81: stream(cmap)})
        self.assertEqual(self.convert(hebrew)[0].strip(), "\u05d0\u05d1\u05d2\u05d3")

    def test_letters_that_no_font_names_are_warned_of(self) -> None:
        nameless = document(PARAGRAPH, more={3: b"<< /Type /Font /Subtype /Type1 >>"})
        self.assertIn("line one", self.convert(nameless)[0])
        unknown = document(text(72, 700, "abc"), more={
            3: b"<< /Type /Font /Subtype /Type0 /BaseFont /Unknown /Encoding /Identity-H /DescendantFonts [82 0 R] >>",
            82: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unknown /CIDSystemInfo << /Registry (X) /Ordering (Y) /Supplement 0 >> >>"})
        _, told = self.convert(unknown)
        self.assertRegex(" ".join(told["warnings"]), "letters have a font that does not say which they are")

    def test_a_damaged_cross_reference_is_found_anew(self) -> None:
        markdown, told = self.convert(document(PARAGRAPH, table=False))
        self.assertIn("This is line six of a text", markdown)
        self.assertRegex(" ".join(told["warnings"]), "cross-reference is damaged or cut off")
        self.assertEqual(self.convert(document(PARAGRAPH))[1]["warnings"], [])

    def test_a_link_to_a_script_is_none(self) -> None:
        for address, written in ((b"javascript:alert\\(1\\)", False), (b"https://example.org/", True)):
            link = b"<< /Type /Annot /Subtype /Link /Rect [70 690 400 710] /A << /S /URI /URI (%s) >> >>" % address
            markdown, _ = self.convert(document(PARAGRAPH, page=b"/Annots [95 0 R]", more={95: link}))
            self.assertEqual("](" in markdown, written, markdown)

    def test_no_pages_scripts_and_files_are_warned_of(self) -> None:
        _, told = self.convert(document())
        self.assertEqual(told["warnings"], ["no page was read"])
        script = b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"
        markdown, told = self.convert(document(PARAGRAPH, catalog=script))
        self.assertEqual(told["warnings"], ["the document has 1 scripts, which were not run"])
        self.assertEqual(told["dropped"], {"headers": 0, "footers": 0, "scripts": 1, "files": 0})
        self.assertIn("line one", markdown)
        file = b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a.txt) /EF << /F 80 0 R >> >>] >> >>"
        markdown, told = self.convert(document(PARAGRAPH, catalog=file, more={80: stream(b"kept away")}))
        self.assertEqual(told["dropped"]["files"], 1)
        self.assertNotIn("kept away", markdown)

    def test_forms_and_outlines_that_lead_back_into_themselves_end(self) -> None:
        form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 50 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream"
        looping = document(PARAGRAPH + b"/X Do\n", catalog=b"/Outlines 60 0 R", more={
            50: form, 60: b"<< /First 61 0 R >>", 61: b"<< /Title (again) /First 60 0 R /Next 61 0 R >>"})
        markdown, _ = self.convert(looping.replace(b"/Font << /F1", b"/XObject << /X 50 0 R >> /Font << /F1"))
        self.assertIn("line one", markdown)

    def test_pages_and_structure_that_lead_back_into_themselves_end(self) -> None:
        pages = document(PARAGRAPH).replace(b"/Kids [10 0 R] /Count 1", b"/Kids [10 0 R 2 0 R] /Count 2")
        markdown, _ = self.convert(pages)
        self.assertIn("line one", markdown)
        tags = document(PARAGRAPH, page=b"/StructParents 0", catalog=b"/MarkInfo << /Marked true >> /StructTreeRoot 70 0 R", more={
            70: b"<< /Type /StructTreeRoot /K 71 0 R /ParentTree 74 0 R >>", 71: b"<< /Type /StructElem /S /H1 /P 71 0 R /Pg 10 0 R /K 71 0 R >>",
            74: b"<< /Nums [0 [71 0 R]] /Kids [74 0 R] >>"})
        self.assertIn("line one", self.convert(tags)[0])
        length = document(PARAGRAPH, more={11: b"<< /Length 11 0 R >>\nstream\n%s\nendstream" % PARAGRAPH})
        self.assertIn(self.run_on(length).returncode, (0, 1))

    def test_five_thousand_pages_are_read_each_once(self) -> None:
        markdown, told = self.convert(document(*(text(72, 700, f"Words of page {page}.") for page in range(1, 5001))))
        self.assertEqual(told["pages"], 5000)
        self.assertEqual(told["dropped"]["headers"], 0)
        self.assertEqual([int(page) for page in re.findall(r"Words of page (\d+)\.", markdown)], list(range(1, 5001)))

    def test_nothing_that_a_document_asks_for_is_connected_to(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = b"http://127.0.0.1:%d/" % server.getsockname()[1]
            submit = b"<< /S /SubmitForm /F << /FS /URL /F (%s) >> >>" % address
            asking = document(PARAGRAPH, page=b"/AA << /O %s >> /Annots [95 0 R]" % submit, catalog=b"/OpenAction << /S /URI /URI (%s) >>" % address, more={
                90: b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 0 /F << /FS /URL /F (%s) >> >>"
                    b"\nstream\n\nendstream" % address,
                95: b"<< /Type /Annot /Subtype /Link /Rect [70 690 400 710] /A << /S /URI /URI (%s) >> >>" % address})
            markdown, _ = self.convert(asking.replace(b"/Font << /F1", b"/XObject << /Im 90 0 R >> /Font << /F1"))
            server.settimeout(0)
            with self.assertRaises(BlockingIOError, msg="somebody connected"):
                server.accept()
        self.assertIn(address.decode(), markdown, "the link is written, not followed")

    def test_a_page_of_any_size_is_read(self) -> None:
        markdown, told = self.convert(document(PARAGRAPH).replace(b"[0 0 612 792]", b"[0 0 9e9 99]"))
        self.assertIn("line one", markdown)
        self.assertEqual(told["pages"], 1)


class OcrTest(Converted):
    IMAGE = b"/XObject << /Im 90 0 R >>"
    LINES = ("The quick brown fox", "jumps over the lazy dog", "and runs into the wood")

    def picture(self) -> bytes:
        """A JPEG of these lines: what is cut out of a page where they stand in a figure."""
        ground = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\xff\nendstream"
        lines = b"".join(text(90, 700 - 32 * i, line, size=20) for i, line in enumerate(self.LINES))
        page = document(b"q 320 0 0 150 70 600 cm /Im Do Q\n" + lines, resources=self.IMAGE, more={90: ground})
        self.convert(page)
        return (self.folder / "out/image-1.jpg").read_bytes()

    def scan(self) -> bytes:
        jpeg = self.picture()
        image = (b"<< /Type /XObject /Subtype /Image /Width 640 /Height 300 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode "
                 b"/Length %d >>\nstream\n%s\nendstream" % (len(jpeg), jpeg))
        return document(b"q 320 0 0 150 70 600 cm /Im Do Q\n", PARAGRAPH, resources=self.IMAGE, more={90: image})

    def test_a_page_that_is_a_picture_is_read_when_that_is_asked_for(self) -> None:
        scan = self.scan()
        markdown, told = self.convert(scan)
        self.assertNotIn("quick brown fox", markdown)
        self.assertEqual((told["ocr_pages"], told["warnings"]), ([], ["1 pages have pictures and no text: they may be scans"]))
        markdown, told = self.convert(scan, ocr="auto")
        self.assertRegex(markdown, r"quick brown fox\W+jumps over the lazy dog\W+and runs into the wood")
        self.assertEqual([page["page"] for page in told["ocr_pages"]], [1])
        self.assertGreater(told["ocr_pages"][0]["confidence"], 60)
        _, told = self.convert(scan, ocr="always", first_page=2)
        self.assertEqual([page["page"] for page in told["ocr_pages"]], [2])

    def test_a_picture_is_a_page_when_ocr_is_on_and_no_item_otherwise(self) -> None:
        picture = self.picture()
        markdown, told = self.convert(picture, ocr="auto")
        self.assertIn("lazy dog", markdown)
        self.assertEqual((told["pages"], told["images"]), (1, []))
        self.assertIn("pictures are read only with OCR, which is off", self.run_on(picture).stderr)

    def test_a_damaged_picture_and_an_unknown_language_are_one_sentence(self) -> None:
        picture = self.picture()
        self.assert_fails("the language 'xyz' is not installed for OCR", picture, ocr="auto", languages="eng+xyz")
        self.assert_fails("no media of a known format", picture[:400], ocr="auto")


if __name__ == "__main__":
    unittest.main()
