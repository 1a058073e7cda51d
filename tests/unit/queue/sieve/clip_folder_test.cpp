#include "queue/sieve/clip_folder.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(ClipFolder, IsKnownByItsNameAndWhatStandsInIt) {
    const std::vector<std::pair<std::string, std::string>> keys{
        {"CONTENTS/AUDIO/0001AB00.MXF", "CONTENTS/"},
        {"cards/7/CONTENTS/VIDEO/0001AB.MXF", "cards/7/CONTENTS/"},
        {"a/BPAV/CLPR/709_0001_01/709_0001_01.MP4", "a/BPAV/"},
        {"a/BPAV/MEDIAPRO.XML", "a/BPAV/"},
        {"disc/XDROOT/Clip/C0001.MXF", "disc/XDROOT/"},
        {"PRIVATE/AVCHD/BDMV/STREAM/00000.MTS", "PRIVATE/AVCHD/BDMV/"},
        {"A001.RDM/A001_C001.RDC/A001_C001_001.R3D", "A001.RDM/A001_C001.RDC/"},
        {"x.RDC/BDMV/STREAM/00000.MTS", "x.RDC/"},
    };
    for (const auto& [key, path] : keys) {
        const auto folder = ClipFolderOf(key);
        ASSERT_TRUE(folder.has_value()) << key;
        EXPECT_EQ(folder->path, path);
        EXPECT_FALSE(folder->title.empty());
    }
}

TEST(ClipFolder, IsNoOtherFolderOfThatName) {
    for (const auto* key :
         {"CONTENTS/clip.mp4",
          "CONTENTS/",
          "contents/VIDEO/a.MXF",
          "A.CONTENTS/VIDEO/a.MXF",
          "BDMV/holiday.mp4",
          "BDMV",
          "BPAV",
          "a.RDC",
          ".RDC/a.R3D",
          "XDROOT/Clips/a.MXF",
          ""}) {
        EXPECT_FALSE(ClipFolderOf(key).has_value()) << key;
    }
}

}  // namespace
}  // namespace notify
