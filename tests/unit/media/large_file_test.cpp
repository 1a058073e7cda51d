// A camera's file of 150 GB with its index at the end, of which only what is decoded takes room on the disk.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/byte_source.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "support/media_files.hpp"

namespace notify {
namespace {

using testing::MediaFolder;
using testing::OpenBytes;

constexpr std::uint64_t kSize = 150'000'000'000;
constexpr std::uint64_t kNear = 5'000'000'000;   // past 2^32
constexpr std::uint64_t kFar = 149'000'000'000;  // of the second half

std::string Number(std::uint64_t value, int bytes) {
    std::string text;
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        text += static_cast<char>(value >> static_cast<unsigned int>(shift));
    }
    return text;
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
    }
    return value;
}

/// Where the bytes at an offset of the small file are in the large one.
struct Moved {
    std::uint64_t middle = 0;  ///< What begins here or later is far away.

    [[nodiscard]] std::uint64_t Of(std::uint64_t offset) const {
        return offset < middle ? kNear + offset : kFar + offset;
    }
};

/// An index with 64-bit offsets of moved chunks instead of the 32-bit ones it has.
std::string Rewritten(std::string_view boxes, const Moved& moved) {
    std::string out;
    while (boxes.size() >= 8) {
        const auto size = NumberAt(boxes, 0, 4);
        const auto type = boxes.substr(4, 4);
        const auto body = boxes.substr(8, size - 8);
        std::string box(body);
        std::string name(type);
        if (type == "moov" || type == "trak" || type == "mdia" || type == "minf" || type == "stbl") {
            box = Rewritten(body, moved);
        } else if (type == "stco") {
            name = "co64";
            box = std::string(body.substr(0, 8));
            for (std::size_t i = 0; i < NumberAt(body, 4, 4); ++i) {
                box += Number(moved.Of(NumberAt(body, 8 + i * 4, 4)), 8);
            }
        }
        out += Number(box.size() + 8, 4) + name + box;
        boxes.remove_prefix(size);
    }
    return out;
}

/// The offsets of all chunks in an index of 32-bit ones.
std::vector<std::uint64_t> Chunks(std::string_view index) {
    std::vector<std::uint64_t> chunks;
    for (auto at = index.find("stco"); at != std::string_view::npos; at = index.find("stco", at + 4)) {
        for (std::size_t i = 0; i < NumberAt(index, at + 8, 4); ++i) {
            chunks.push_back(NumberAt(index, at + 12 + i * 4, 4));
        }
    }
    std::ranges::sort(chunks);
    return chunks;
}

struct Parts {
    std::size_t data = 0;   ///< Where the media data begins, its header included.
    std::size_t index = 0;  ///< Where the index begins; it is last.
};

Parts PartsOf(const std::string& movie) {
    Parts parts;
    for (std::size_t at = 0; at < movie.size(); at += NumberAt(movie, at, 4)) {
        const auto type = std::string_view(movie).substr(at + 4, 4);
        parts.data = type == "mdat" ? at : parts.data;
        parts.index = type == "moov" ? at : parts.index;
    }
    return parts;
}

void WriteAt(const UniqueFd& file, std::uint64_t offset, std::string_view bytes) {
    ASSERT_EQ(
        ::pwrite(file.Get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
        static_cast<ssize_t>(bytes.size())
    );
}

/// Spreads a small movie over 150 GB; the size of its index.
std::size_t Spread(const std::string& movie, const std::filesystem::path& path) {
    const auto [data, index_at] = PartsOf(movie);
    const auto chunks = Chunks(std::string_view(movie).substr(index_at));
    const Moved moved{.middle = chunks.at(chunks.size() / 2)};
    const auto index = Rewritten(std::string_view(movie).substr(index_at), moved);
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    WriteAt(file, 0, std::string_view(movie).substr(0, data));
    const auto index_to = kSize - index.size();
    WriteAt(file, data, Number(1, 4) + "mdat" + Number(index_to - data, 8));
    WriteAt(file, moved.Of(data), std::string_view(movie).substr(data, moved.middle - data));
    WriteAt(
        file, moved.Of(moved.middle), std::string_view(movie).substr(moved.middle, index_at - moved.middle)
    );
    WriteAt(file, index_to, index);
    return index.size();
}

/// Counts what is read of a file.
class Counted final : public ByteSource {
public:
    explicit Counted(const std::filesystem::path& path) : bytes_(OpenBytes(path)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.Size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        auto got = bytes_.ReadAt(offset, into);
        read += got.value_or(0);
        return got;
    }

    std::uint64_t read = 0;

private:
    FileByteSource bytes_;
};

/// The bytes of all packets of the video.
std::uint64_t VideoBytes(const std::filesystem::path& path) {
    const auto list = path.string() + ".sizes";
    const auto command = "ffprobe -v error -select_streams v:0 -show_entries packet=size -of csv=p=0 '" +
                         path.string() + "' | tr -d , > '" + list + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream sizes(list);
    std::uint64_t sum = 0;
    for (std::uint64_t size = 0; sizes >> size;) {
        sum += size;
    }
    return sum;
}

std::uint64_t WrittenByThisProcess() {
    std::ifstream io("/proc/self/io");
    std::string word;
    std::uint64_t value = 0;
    while (io >> word >> value) {
        if (word == "wchar:") {
            return value;
        }
    }
    return 0;
}

std::string DigestOf(ByteSource& bytes) {
    Sha256 hash;
    const std::vector<Subscription> all{
        {Wants{.every_frame = true, .long_side = 64}, [&](const FrameView& frame) -> Result<void> {
             hash.Add(
                 {reinterpret_cast<const char*>(frame.picture.pixels),
                  static_cast<std::size_t>(frame.picture.width * frame.picture.height * 3)}
             );
             return {};
         }}
    };
    const auto outcome = Decode(bytes, all, {}, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    EXPECT_FALSE(outcome && outcome->summary.truncated);
    return hash.FinishHex();
}

TEST(LargeFile, Of150GigabytesWithItsIndexAtTheEndIsReadWhereItsPicturesAre) {
    const MediaFolder folder;
    const auto small = folder.Make(
        "small.mov",
        "-f lavfi -i testsrc2=s=1280x720:r=25:d=1,noise=alls=20 -f lavfi -i sine=d=1:r=48000 -map 0 -map 1 "
        "-map 1 "
        "-map 1 -map 1 -c:a pcm_s24le -ac 2 -c:v prores -profile:v 3 -pix_fmt yuv422p10le"
    );
    const auto large = folder / "large.mov";
    const auto index = Spread(testing::Bytes(small), large);
    if (HasFatalFailure()) {
        return;
    }
    ASSERT_EQ(std::filesystem::file_size(large), kSize);
    auto whole = OpenBytes(small);
    const auto expected = DigestOf(whole);
    Counted counted(large);
    const auto written = WrittenByThisProcess();
    EXPECT_EQ(DigestOf(counted), expected) << "the same pictures";
    EXPECT_LT(WrittenByThisProcess() - written, 100'000U) << "nothing is copied";
    const auto needed = VideoBytes(small) + index;
    const auto ratio = static_cast<double>(counted.read) / static_cast<double>(needed);
    RecordProperty("bytes_read_over_needed", std::to_string(ratio));
    EXPECT_LE(ratio, 1.05) << counted.read << " bytes for " << needed;
}

}  // namespace
}  // namespace notify
