// The same person in each broadcast format, with the real models: found, known and timed.

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "core/timecode.hpp"
#include "inference/face_models.hpp"
#include "processors/processor.hpp"
#include "support/broadcast_files.hpp"
#include "support/media_files.hpp"
#include "unit/processors/facial_recognition/models.hpp"

namespace notify {
namespace {

using testing::ArtifactOf;
using testing::BroadcastFormat;
using testing::kBroadcastFormats;
using testing::MediaFolder;
using testing::RecogniseFile;
using testing::SamplePhoto;

/// A second of a photo that moves over a grey ground by 6 pixels each 50th.
std::filesystem::path Master(const MediaFolder& folder) {
    return folder.Make(
        "master.mkv",
        "-f lavfi -i color=gray:s=1920x1080:r=50:d=1 -loop 1 -framerate 50 -i '" +
            SamplePhoto("obama.jpg").string() +
            "' -filter_complex "
            "'[1]scale=-2:900[p];[0][p]overlay=x=300+300*t:y=60:shortest=1,format=yuv420p,setsar=1' "
            "-c:v mpeg4 -q:v 1"
    );
}

FaceEmbedding BestShotOf(const Output& output) {
    const auto bytes = ArtifactOf(output, "embeddings");
    FaceEmbedding embedding{};
    EXPECT_GE(bytes.size(), sizeof(embedding));
    if (bytes.size() >= sizeof(embedding)) {
        std::memcpy(embedding.data(), bytes.data(), sizeof(embedding));  // this machine is little-endian
    }
    return embedding;
}

float SquaredDistance(const FaceEmbedding& a, const FaceEmbedding& b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
}

class Broadcast : public ::testing::TestWithParam<BroadcastFormat> {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<MediaFolder>();
        master_ = Master(*folder_);
        known_ = BestShotOf(RecogniseFile(master_));
    }

    static void TearDownTestSuite() { folder_.reset(); }

    inline static std::unique_ptr<MediaFolder> folder_;
    inline static std::filesystem::path master_;
    inline static FaceEmbedding known_;
};

TEST_P(Broadcast, ShowsTheSamePersonAtTheSameTimeAsTheMaster) {
    const auto& format = GetParam();
    const auto output =
        RecogniseFile(folder_->Make(format.name, "-i '" + master_.string() + "' " + format.Encoder()));
    const auto& media = output.document.at("media");
    EXPECT_EQ(media.at("frame_rate"), "25/1");
    EXPECT_EQ(media.at("width").as_int64(), format.width);
    EXPECT_EQ(media.at("start_timecode").is_null(), format.start == "none");
    const auto& tracks = output.document.at("tracks").as_array();
    ASSERT_EQ(tracks.size(), 1U);
    const auto& track = tracks[0];
    EXPECT_EQ(track.at("start_frame").as_int64(), 0);
    EXPECT_EQ(track.at("end_frame").as_int64(), 25);
    const FrameRate rate{.numerator = 25};
    const auto start = format.start == "none" ? 0 : ParseTimecode(format.start, rate)->start;
    EXPECT_EQ(track.at("end_timecode").as_string(), TimecodeOf(start + 25, rate, false));
    EXPECT_LT(SquaredDistance(BestShotOf(output), known_), 0.2F * 0.2F);
}

INSTANTIATE_TEST_SUITE_P(, Broadcast, ::testing::ValuesIn(kBroadcastFormats), [](const auto& format) {
    return format.param.word;
});

}  // namespace
}  // namespace notify
