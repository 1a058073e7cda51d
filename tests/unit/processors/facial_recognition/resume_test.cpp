// Facial recognition that was left and gone on with finds what an uninterrupted one does.

#include <random>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/json.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "support/media_files.hpp"
#include "unit/processors/facial_recognition/models.hpp"

namespace notify {
namespace {

using testing::MediaFolder;
using testing::SamplePhoto;

/// What another analyser goes on with.
struct Left {
    std::string decode;
    std::vector<std::string> ended;
    std::string open;
    std::int64_t ms = 0;
};

/// All of an output as text.
std::string TextOf(const Output& output) {
    auto text = ToJsonText(output.document);
    for (const auto& artifact : output.artifacts) {
        text += "\n" + artifact.name + "\n" + artifact.bytes;
    }
    return text;
}

/// Runs over the clip, from where `left` was left when it is not null; notes in `places` where it can be
/// left, once in `every` frames.
Result<Output> Recognise(
    const std::filesystem::path& clip, const Left* left, std::vector<Left>* places, std::int64_t every = 1
) {
    FaceAnalyser analyser(testing::SharedFaceModels(), FaceSettings{});
    if (left != nullptr) {
        if (auto restored = analyser.Restore(left->ended, left->open); !restored) {
            return Unexpected(restored.error());
        }
    }
    auto bytes = testing::OpenBytes(clip);
    const Subscription subscription{
        .wants = analyser.FramesWanted(),
        .on_frame = [&](const FrameView& frame) { return analyser.OnFrame(frame); },
        .goes_on_at = left == nullptr ? "" : left->decode,
    };
    DecodeOptions options;
    std::vector<std::string> ended = left == nullptr ? std::vector<std::string>() : left->ended;
    std::int64_t passed = 0;
    options.may_leave = [&](const LeavePoint& point) -> Result<void> {
        if (places != nullptr && passed++ % every == 0) {
            auto state = analyser.Save().value();
            if (!state.ended.empty()) {
                ended.push_back(state.ended);
            }
            places->push_back({point.Save(0), ended, state.open, point.PositionMs()});
        }
        return {};
    };
    auto decoded = Decode(bytes, std::span(&subscription, 1), options, {});
    return decoded.and_then([&](const DecodeOutcome& outcome) { return analyser.Finish(outcome.summary); });
}

/// Two seconds each of two people side by side who drift, and of one of them in another photo; and again.
std::filesystem::path Clip(const MediaFolder& folder) {
    const std::string drift =
        "scale=360:360:force_original_aspect_ratio=increase,loop=49:1,setpts=N/25/TB,"
        "crop=320:320:20+18*sin(2*t):10,setsar=1";
    const auto input = [](const std::string& photo) {
        return "-framerate 25 -i '" + SamplePhoto(photo).string() + "' ";
    };
    return folder.Make(
        "clip.mp4",
        input("obama.jpg") + input("biden.jpg") + input("obama3.jpg") + input("obama2.jpg") +
            "-filter_complex '[0]" + drift + "[a];[1]" + drift + "[b];[2]" + drift + "[c];[3]" + drift +
            "[d];[a][b]hstack[ab];[c][d]hstack[cd];[ab][cd]concat=n=2' "
            "-c:v libx264 -preset veryfast -bf 2 -g 25 -pix_fmt yuv420p"
    );
}

class ResumedRecognition : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<MediaFolder>();
        clip_ = Clip(*folder_);
        whole_ = TextOf(testing::RecogniseFile(clip_));
        const auto left = Recognise(clip_, nullptr, &places_, 3);
        ASSERT_TRUE(left);
        ASSERT_EQ(TextOf(*left), whole_) << "being asked for its state changes nothing";
        ASSERT_GE(places_.size(), 4U);
    }

    static void TearDownTestSuite() { folder_.reset(); }

    inline static std::unique_ptr<MediaFolder> folder_;
    inline static std::filesystem::path clip_;
    inline static std::string whole_;
    inline static std::vector<Left> places_;
};

TEST_F(ResumedRecognition, FindsWhatAnUninterruptedOneFinds) {
    EXPECT_TRUE(places_.front().ended.empty()) << "in the first shot, all its tracks are open";
    EXPECT_FALSE(places_.back().ended.empty()) << "in the last shot, with the tracks of the one before it";
    for (const auto& left : places_) {
        const auto output = Recognise(clip_, &left, nullptr);
        ASSERT_TRUE(output) << left.ms << ": " << output.error().message;
        EXPECT_TRUE(TextOf(*output) == whole_) << "left at " << left.ms << " ms";
    }
}

TEST_F(ResumedRecognition, MayBeLeftAgain) {
    std::vector<Left> again;
    ASSERT_TRUE(Recognise(clip_, &places_.front(), &again, 9));
    ASSERT_FALSE(again.empty());
    const auto output = Recognise(clip_, &again.back(), nullptr);
    ASSERT_TRUE(output);
    EXPECT_TRUE(TextOf(*output) == whole_);
}

TEST_F(ResumedRecognition, TakesNoBytesThatAreNoState) {
    const auto& left = places_.back();
    const auto restores = [](const std::vector<std::string>& ended, const std::string& open) {
        return FaceAnalyser(testing::SharedFaceModels(), FaceSettings{}).Restore(ended, open).has_value();
    };
    ASSERT_TRUE(restores(left.ended, left.open));
    for (std::size_t length = 0; length < left.open.size(); length += 1 + left.open.size() / 23) {
        EXPECT_FALSE(restores(left.ended, left.open.substr(0, length))) << length;
    }
    for (std::size_t length = 0; length < left.ended[0].size(); length += 1 + left.ended[0].size() / 23) {
        EXPECT_FALSE(restores({left.ended[0].substr(0, length)}, left.open)) << length;
    }
    EXPECT_FALSE(restores({}, left.open + "x"));
    EXPECT_FALSE(restores({}, std::string(64, '\xFF')));
}

/// Whatever is taken can be gone on with: the sanitizers watch.
TEST_F(ResumedRecognition, GoesOnWithWhateverItTakes) {
    std::mt19937 random(1);
    int taken = 0;
    int refused = 0;
    for (int i = 0; i < 24; ++i) {
        auto left = places_[random() % places_.size()];
        auto& bytes = left.ended.empty() || i % 2 == 0 ? left.open : left.ended[0];
        // where numbers are, not the pictures
        const auto at = random() % std::min<std::size_t>(bytes.size(), 1200);
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << random() % 8));
        Recognise(clip_, &left, nullptr) ? ++taken : ++refused;
    }
    EXPECT_GT(taken, 0);
    EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace notify
