"""Whatever lands, every item ends with a code and a sentence, and the next one runs."""
import ctypes
import ctypes.util
import os
import socket
import struct
import subprocess

from service import SAMPLES, ServiceTest, ffmpeg, wait_for


class BadInput(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.start()
        self.service.watch_inbox("facial-recognition")

    def outcome(self, name: str) -> dict:
        """The item of `name` when it and a good picture dropped after it have ended."""
        self.service.drop("next.jpg", SAMPLES / "biden.jpg")
        ended = self.service.wait_until_terminal(name, "next.jpg")
        self.assertEqual(ended["next.jpg"]["status"], "Completed", ended["next.jpg"])
        return ended[name]

    def clip(self, name: str, *arguments: str) -> str:
        path = self.folder / name
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2", "-pix_fmt", "yuv420p", *arguments, path)
        return path

    def assert_sentence(self, item: dict) -> None:
        self.assertGreater(len(item["reason"]), 10, item)
        self.assertIn(" ", item["reason"])

    def test_an_empty_file_is_skipped(self):
        self.service.drop("empty.mp4", content=b"")
        item = self.outcome("empty.mp4")
        self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "empty"))
        self.assert_sentence(item)

    def test_text_that_is_no_media_is_skipped(self):
        self.service.drop("notes.mp4", content=b"these are only words\n" * 100)
        item = self.outcome("notes.mp4")
        self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "not_media"))
        self.assert_sentence(item)

    def assert_ends(self, name: str, status: str, code: str, sentence: str) -> None:
        item = self.outcome(name)
        self.assertEqual((item["status"], item["reason_code"], item["reason"]), (status, code, f"facial-recognition: {sentence}"))

    def test_a_picture_that_claims_65535_by_65535_pixels_fails(self):
        path = self.folder / "small.jpg"
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1", path)
        jpeg = bytearray(path.read_bytes())
        struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, 65535, 65535)
        self.service.drop("huge.jpg", content=bytes(jpeg))
        self.assert_ends("huge.jpg", "Failed", "over_limit", "the picture is too large: 268000000 pixels in all are allowed")

    def test_a_video_without_a_frame_is_skipped(self):
        path = self.folder / "zero.avi"
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "0", path)
        self.service.drop("zero.avi", path)
        self.assert_ends("zero.avi", "Skipped", "no_video", "the video has not one frame")

    def test_a_drawing_with_outside_references_is_skipped_and_makes_no_connection(self):
        with socket.socket() as canary:
            canary.bind(("127.0.0.1", 0))
            canary.listen()
            canary.settimeout(0.2)
            url = f"http://127.0.0.1:{canary.getsockname()[1]}/a.png"
            drawing = (f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "{url}">]><svg xmlns="http://www.w3.org/2000/svg" '
                       f'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}"/><text>&x;</text></svg>')
            self.service.drop("drawing.svg", content=drawing.encode())
            item = self.outcome("drawing.svg")
            self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "not_media"))
            self.assert_sentence(item)
            with self.assertRaises(TimeoutError):
                canary.accept()

    def test_moving_gif_and_png_are_processed_and_moving_webp_is_skipped(self):
        for name, *encoder in (("a.gif",), ("a.png", "-f", "apng"), ("a.webp", "-c:v", "libwebp_anim")):
            path = self.folder / name
            ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=1", *encoder, path)
            self.service.drop(name, path)
        ended = self.service.wait_until_terminal("a.gif", "a.png")
        self.assertEqual({item["status"] for name, item in ended.items() if name in ("a.gif", "a.png")}, {"Completed"}, ended)
        self.assert_ends("a.webp", "Skipped", "unsupported_media",
                         "the picture is an animated WebP, of which no frame can be decoded; a still one, GIF or PNG can")

    def test_a_jpeg_in_printing_colours_is_processed(self):
        turbo = ctypes.CDLL(ctypes.util.find_library("turbojpeg"))
        turbo.tjInitCompress.restype = ctypes.c_void_p
        side, cmyk, full = 64, 11, 0  # TJPF_CMYK, TJSAMP_444
        jpeg, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_ulong()
        turbo.tjCompress2(ctypes.c_void_p(turbo.tjInitCompress()), b"\xff\x80\x80\xff" * side * side, side, 0, side, cmyk,
                          ctypes.byref(jpeg), ctypes.byref(size), full, 90, 0)
        self.service.drop("print.jpg", content=bytes(jpeg[:size.value]))
        self.assertEqual(self.outcome("print.jpg")["status"], "Completed")

    def test_a_video_of_ten_thousand_streams_fails(self):
        movie = self.clip("one.mp4", "-movflags", "+faststart").read_bytes()
        index, track = movie.index(b"moov") - 4, movie.index(b"trak") - 4
        size = struct.unpack_from(">I", movie, track)[0]
        more = movie[track:track + size] * 9_999
        length = struct.pack(">I", struct.unpack_from(">I", movie, index)[0] + len(more))
        self.service.drop("many.mp4", content=movie[:index] + length + movie[index + 4:track] + more + movie[track:])
        self.assert_ends("many.mp4", "Failed", "over_limit", "the file has more streams than are allowed")

    def test_random_bytes_are_skipped(self):
        self.service.drop("noise.bin", content=os.urandom(300_000))
        item = self.outcome("noise.bin")
        self.assertEqual(item["status"], "Skipped")
        self.assert_sentence(item)

    def test_audio_only_is_skipped_for_no_video(self):
        path = self.folder / "tone.m4a"
        ffmpeg("-f", "lavfi", "-i", "sine=d=2", path)
        self.service.drop("tone.m4a", path)
        item = self.outcome("tone.m4a")
        self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "no_video"))

    def test_a_truncated_video_ends_with_what_could_be_read(self):
        whole = self.clip("whole.mp4", "-movflags", "+faststart").read_bytes()
        self.service.drop("cut.mp4", content=whole[: len(whole) * 6 // 10])
        item = self.outcome("cut.mp4")
        self.assertEqual(item["status"], "Completed", item)
        result = self.service.get(f"/v1/results/{item['processes'][0]['result']}")
        self.assertTrue(result["document"]["media"]["truncated"], result)
        coverage = result["document"]["coverage"]
        (seen,), (missed,) = coverage["looked_at"], coverage["not_looked_at"]
        self.assertEqual((seen["start_ms"], missed["reason"]), (0, "truncated"), coverage)
        self.assertLessEqual(seen["end_ms"], missed["start_ms"])

    def test_a_video_without_its_index_fails_with_a_sentence(self):
        whole = self.clip("late.mp4").read_bytes()
        self.service.drop("headless.mp4", content=whole[: len(whole) // 2])
        item = self.outcome("headless.mp4")
        self.assertIn(item["status"], ("Failed", "Skipped"))
        self.assert_sentence(item)

    def test_a_rotated_video_is_processed_upright(self):
        flat = self.clip("flat.mp4")
        turned = self.folder / "turned.mp4"
        ffmpeg("-display_rotation:v:0", "90", "-i", flat, "-c", "copy", turned) if self.rotates() else ffmpeg(
            "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned)
        self.service.drop("turned.mp4", turned)
        item = self.outcome("turned.mp4")
        self.assertEqual(item["status"], "Completed", item)
        media = self.service.get(f"/v1/results/{item['processes'][0]['result']}")["document"]["media"]
        self.assertEqual((media["width"], media["height"]), (240, 320))

    @staticmethod
    def rotates() -> bool:
        return "display_rotation" in subprocess.run(["ffmpeg", "-h", "full"], capture_output=True, text=True).stdout

    def test_a_variable_frame_rate_is_processed(self):
        self.service.drop("vfr.mkv", self.clip("vfr.mkv", "-vf", "setpts='PTS+if(gt(N,20),N*0.013,0)/TB'", "-vsync", "vfr"))
        self.assertEqual(self.outcome("vfr.mkv")["status"], "Completed")

    def test_a_playlist_with_outside_references_makes_no_connection(self):
        with socket.socket() as canary:
            canary.bind(("127.0.0.1", 0))
            canary.listen()
            canary.settimeout(0.2)
            port = canary.getsockname()[1]
            lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:4", "#EXTINF:4,", f"http://127.0.0.1:{port}/a.ts", "#EXTINF:4,", "file:///etc/passwd", "#EXT-X-ENDLIST"]
            self.service.drop("list.m3u8", content="\n".join(lines).encode())
            item = self.outcome("list.m3u8")
            self.assertIn(item["status"], ("Failed", "Skipped"))
            self.assert_sentence(item)
            with self.assertRaises(TimeoutError):
                canary.accept()

    def test_a_header_that_claims_a_billion_frames_ends(self):
        whole = bytearray(self.clip("claims.mp4", "-movflags", "+faststart").read_bytes())
        at = whole.index(b"stts")
        struct.pack_into(">III", whole, at + 8, 1, 1_000_000_000, 512)
        sizes = whole.index(b"stsz")
        struct.pack_into(">I", whole, sizes + 12, 1_000_000_000)
        self.service.drop("claims.mp4", content=bytes(whole))
        item = self.outcome("claims.mp4")
        self.assertIn(item["status"], ("Completed", "Failed", "Skipped"))
        if item["status"] != "Completed":
            self.assert_sentence(item)

    def test_a_name_that_is_not_text_is_shown_and_processed(self):
        self.service.drop(b"bad\xff\xfename.jpg", SAMPLES / "biden.jpg")
        wait_for("the item", lambda: [k for k in self.service.items() if "name.jpg" in k])
        key = next(k for k in self.service.items() if "name.jpg" in k)
        self.assertIn("\\xFF", key.upper().replace("\\X", "\\x"))
        self.assertEqual(self.outcome(key)["status"], "Completed")

    def test_a_link_out_of_the_folder_is_skipped_with_a_reason(self):
        os.symlink("/etc/passwd", self.service.inbox / "passwd.mp4")
        item = self.outcome("passwd.mp4")
        self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "link_outside"))
        self.assert_sentence(item)
